/* SPDX-License-Identifier: MIT */
#include "out_words.h"
#include "out_table.h"
#include <arpa/inet.h>
#include <time.h>

const char *duration_text(char out[DURATION_LENGTH], int64_t seconds)
{
    static const struct {
        int64_t length_s;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    enum { LAST = 3 };

    size_t largest = 0;
    while (largest < LAST && seconds < units[largest].length_s) {
        largest++;
    }
    int64_t many = seconds / units[largest].length_s;
    int64_t rest = seconds % units[largest].length_s;
    int64_t fewer = largest < LAST ? rest / units[largest + 1].length_s : 0;
    if (fewer > 0) {
        snprintf(out, DURATION_LENGTH, "%lld %s %lld %s", (long long)many, units[largest].unit,
                 (long long)fewer, units[largest + 1].unit);
    } else {
        snprintf(out, DURATION_LENGTH, "%lld %s", (long long)many, units[largest].unit);
    }
    return out;
}

const char *time_text(char out[TIME_LENGTH])
{
    struct timespec now = {0, 0};
    struct tm parts;
    char date[TIME_LENGTH - 8] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL) {
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    }
    snprintf(out, TIME_LENGTH, "%s.%03dZ", date, (int)(now.tv_nsec / 1000000));
    return out;
}

void local_time_text(char date[TIME_LENGTH], char time_of_day[TIME_LENGTH])
{
    time_t now = time(NULL);
    struct tm parts;
    date[0] = '\0';
    time_of_day[0] = '\0';
    if (localtime_r(&now, &parts) != NULL) {
        strftime(date, TIME_LENGTH, "%Y-%m-%d", &parts);
        strftime(time_of_day, TIME_LENGTH, "%H:%M:%S", &parts);
    }
}

const char *or_unknown(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "unknown";
}

const char *address_note(const char *text)
{
    struct in_addr address;
    if (text == NULL || inet_pton(AF_INET, text, &address) != 1) {
        return "";
    }
    uint32_t number = ntohl(address.s_addr);
    bool is_private = (number >> 24) == 10 || (number >> 20) == 0xac1 || (number >> 16) == 0xc0a8 ||
                      (number >> 22) == (0x64400000 >> 22);
    return is_private ? " (private: this gateway is behind another NAT)" : "";
}

static const char *no_address(const natupnp_mapping *mapping)
{
    return natupnp_mapping_external_status(mapping) == NATUPNP_E_NO_ADDRESS ? "(no address)"
                                                                            : "(address unknown)";
}

void mapping_put(FILE *stream, const natupnp_mapping *mapping, const char *external_ip)
{
    const char *address = external_ip != NULL ? external_ip : natupnp_mapping_external_ip(mapping);
    fprintf(stream, "%s ", natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
    text_put_at(stream, TEXT_INSIDE, address != NULL ? address : no_address(mapping));
    fprintf(stream, ":%u -> ", (unsigned)natupnp_mapping_external_port(mapping));
    text_put_at(stream, TEXT_INSIDE, or_unknown(natupnp_mapping_internal_client(mapping)));
    fprintf(stream, ":%u", (unsigned)natupnp_mapping_internal_port(mapping));
}

void mapping_notes_put(FILE *stream, const natupnp_mapping *mapping)
{
    const char *remote = natupnp_mapping_remote_host(mapping);
    uint32_t lease_s = natupnp_mapping_lease_s(mapping);
    if (remote != NULL && remote[0] != '\0') {
        fputs(" (only from ", stream);
        text_put_at(stream, TEXT_INSIDE, remote);
        fputc(')', stream);
    }
    if (lease_s > 0) {
        char lease[DURATION_LENGTH];
        fprintf(stream, " (lease %s)", duration_text(lease, lease_s));
    }
}
