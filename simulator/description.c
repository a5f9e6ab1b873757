/* SPDX-License-Identifier: MIT */
/* The device description, and the names in it that other parts need. */
#include "description.h"

static const struct {
    const char *type;
    const char *id;
    const char *control;
    const char *event;
    const char *scpd;
} service_table[SERVICES] = {
    [SERVICE_LAYER3] = {"Layer3Forwarding", "urn:upnp-org:serviceId:L3Forwarding1", "/ctl/L3F",
                        "/evt/L3F", "/L3F.xml"},
    [SERVICE_COMMON] = {"WANCommonInterfaceConfig", "urn:upnp-org:serviceId:WANCommonIFC1",
                        "/ctl/CmnIfCfg", "/evt/CmnIfCfg", "/WANCfg.xml"},
    [SERVICE_IP] = {"WANIPConnection", "urn:upnp-org:serviceId:WANIPConn1", "/ctl/IPConn",
                    "/evt/IPConn", "/WANIPCn.xml"},
    [SERVICE_PPP] = {"WANPPPConnection", "urn:upnp-org:serviceId:WANPPPConn1", "/ctl/PPPConn",
                     "/evt/PPPConn", "/WANPPPCn.xml"},
};

static const char *const device_types[DEVICES] = {
    [DEVICE_ROOT] = "InternetGatewayDevice",
    [DEVICE_WAN] = "WANDevice",
    [DEVICE_CONNECTION] = "WANConnectionDevice",
};

size_t description_connections(const struct gateway *gateway, enum service out[2])
{
    switch (gateway->settings.service) {
    case SERVICE_PPP_ONLY:
        out[0] = SERVICE_PPP;
        return 1;
    case SERVICE_BOTH:
        out[0] = SERVICE_IP;
        out[1] = SERVICE_PPP;
        return 2;
    case SERVICE_PPP_FIRST:
        out[0] = SERVICE_PPP;
        out[1] = SERVICE_IP;
        return 2;
    default:
        out[0] = SERVICE_IP;
        return 1;
    }
}

bool description_has_service(const struct gateway *gateway, enum service service)
{
    enum service offered[2];
    size_t count = description_connections(gateway, offered);

    return service < SERVICE_IP || offered[0] == service || (count > 1 && offered[1] == service);
}

int description_service_version(const struct gateway *gateway, enum service service)
{
    /* The standard never made a WANPPPConnection:2. */
    return service == SERVICE_IP ? gateway->settings.igd : 1;
}

/* The devices of one root differ in the last digits of their UDNs. */
void description_udn(struct text *out, const struct gateway *gateway, enum device device)
{
    text_format(out, "uuid:%s%x", gateway->uuid, device + 1u);
}

static const char *domain(const struct gateway *gateway)
{
    return gateway->settings.dslforum ? "dslforum-org" : "schemas-upnp-org";
}

void description_device_type(struct text *out, const struct gateway *gateway, enum device device)
{
    text_format(out, "urn:%s:device:%s:%d", domain(gateway), device_types[device],
                gateway->settings.igd);
}

void description_service_type(struct text *out, const struct gateway *gateway, enum service service)
{
    text_format(out, "urn:%s:service:%s:%d", domain(gateway), service_table[service].type,
                description_service_version(gateway, service));
}

const char *description_service_id(enum service service)
{
    return service_table[service].id;
}

const char *description_control_path(enum service service)
{
    return service_table[service].control;
}

const char *description_event_path(enum service service)
{
    return service_table[service].event;
}

const char *description_scpd_path(enum service service)
{
    return service_table[service].scpd;
}

static void base_url(struct text *out, const struct gateway *gateway)
{
    text_format(out, "http://%s:%u", gateway->settings.listen, gateway->http_port);
}

void description_location(struct text *out, const struct gateway *gateway)
{
    base_url(out, gateway);
    text_add(out, DESCRIPTION_PATH);
}

static void write_service(struct text *out, const struct gateway *gateway, enum service service)
{
    const char *control = service_table[service].control;

    if (service >= SERVICE_IP && gateway->settings.control_url[0])
        control = gateway->settings.control_url;
    text_add(out, "<service><serviceType>");
    description_service_type(out, gateway, service);
    text_format(out, "</serviceType><serviceId>%s</serviceId><SCPDURL>%s</SCPDURL><controlURL>",
                service_table[service].id, service_table[service].scpd);
    text_xml(out, control);
    text_format(out, "</controlURL><eventSubURL>%s</eventSubURL></service>",
                service_table[service].event);
}

/* Up to and without the service list. */
static void write_device(struct text *out, const struct gateway *gateway, enum device device)
{
    text_add(out, "<device><deviceType>");
    description_device_type(out, gateway, device);
    text_add(out, "</deviceType><friendlyName>");
    text_xml(out, device == DEVICE_ROOT ? gateway->settings.name : device_types[device]);
    text_add(out, "</friendlyName><manufacturer>natupnp</manufacturer>"
                  "<manufacturerURL>https://example.org/</manufacturerURL>"
                  "<modelDescription>Simulated Internet Gateway Device</modelDescription>"
                  "<modelName>natupnp-gateway</modelName><modelNumber>" NATUPNP_GATEWAY_VERSION
                  "</modelNumber><modelURL>https://example.org/</modelURL>"
                  "<serialNumber>00000001</serialNumber><UDN>");
    description_udn(out, gateway, device);
    text_add(out, "</UDN><UPC>000000000000</UPC>");
}

void description_write(struct text *out, const struct gateway *gateway)
{
    enum service connections[2];
    size_t count = description_connections(gateway, connections);

    text_format(out,
                "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\" "
                "configId=\"1\"><specVersion><major>1</major><minor>%d</minor></specVersion>",
                gateway->settings.igd - 1);
    if (gateway->settings.urlbase[0]) {
        text_add(out, "<URLBase>");
        text_xml(out, gateway->settings.urlbase);
        text_add(out, "</URLBase>");
    }
    write_device(out, gateway, DEVICE_ROOT);
    text_add(out, "<serviceList>");
    write_service(out, gateway, SERVICE_LAYER3);
    text_add(out, "</serviceList><deviceList>");
    write_device(out, gateway, DEVICE_WAN);
    text_add(out, "<serviceList>");
    write_service(out, gateway, SERVICE_COMMON);
    text_add(out, "</serviceList><deviceList>");
    write_device(out, gateway, DEVICE_CONNECTION);
    text_add(out, "<serviceList>");
    for (size_t i = 0; i < count; i++)
        write_service(out, gateway, connections[i]);
    text_add(out, "</serviceList></device></deviceList></device></deviceList><presentationURL>");
    base_url(out, gateway);
    text_add(out, "/</presentationURL></device></root>");
}
