/* SPDX-License-Identifier: MIT */
/* The file with the gateway that served last. */
#include "fuzz.h"

#include "meaning/cache.h"

#include <fcntl.h>
#include <unistd.h>

static char folder[64];
static char path[80];

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static void make_folder(void)
{
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/natupnp-fuzz-XXXXXX", memory);
    FUZZ_CHECK(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/gateway", folder);
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (folder[0] == '\0')
        make_folder();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0);
    FUZZ_CHECK(size == 0 || write(fd, data, size) == (ssize_t)size);
    close(fd);

    nat__route route = {0};
    FUZZ_CHECK(nat__ip_parse(&route.gateway, nat__str_of("192.168.1.1")));
    nat__net net = {.routes = &route, .route_count = 1};
    natupnp_client client = {.cache_dir = folder};
    nat__gateway *gateway = nat__cache_read(&client, &net);
    if (gateway) {
        FUZZ_CHECK(gateway->tentative);
        FUZZ_CHECK(nat__ip_equal(gateway->location.host, route.gateway));
        FUZZ_CHECK(nat__ip_equal(gateway->control.host, route.gateway));
        FUZZ_CHECK(gateway->control.port > 0 && gateway->control.target[0] == '/');
        FUZZ_CHECK(nat__service_is_wan(nat__gateway_service_type(gateway)));
        FUZZ_CHECK(memchr(gateway->interface, '\0', sizeof gateway->interface));
        FUZZ_CHECK(fuzz_is_clean(gateway->description.name));
    }
    nat__gateway_unref(gateway);
    return 0;
}
