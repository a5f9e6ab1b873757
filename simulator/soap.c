/* SPDX-License-Identifier: MIT */
/* Reading SOAP requests and writing replies (UPnP Device Architecture 1.1, section 3). */
#include "soap.h"

#include <expat.h>
#include <string.h>

#define SOAP_NAMESPACE "http://schemas.xmlsoap.org/soap/envelope/"

/* expat gives names as namespace, this, local name; it cannot stand in either. */
#define SEPARATOR '\n'

struct reader {
    struct soap_request *request;
    XML_Parser parser;
    int depth;
    const char *why;
    char urn[128];
    char action[64];
    bool in_body;
};

static void reader_fail(struct reader *reader, const char *why)
{
    if (!reader->why)
        reader->why = why;
    XML_StopParser(reader->parser, XML_FALSE);
}

static bool split_name(const char *name, char *space, size_t space_room, char *local,
                       size_t local_room)
{
    const char *line = strrchr(name, SEPARATOR);

    space[0] = '\0';
    if (!line)
        return text_copy(local, local_room, name);
    size_t length = (size_t)(line - name);
    if (length >= space_room)
        return false;
    memcpy(space, name, length);
    space[length] = '\0';
    return text_copy(local, local_room, line + 1);
}

static void start_argument(struct reader *reader, const char *local)
{
    struct soap_request *request = reader->request;

    if (request->count == SOAP_ARGUMENTS_MOST) {
        reader_fail(reader, "too many arguments");
        return;
    }
    for (size_t i = 0; i < request->count; i++)
        if (!strcmp(request->arguments[i].name, local))
            reader_fail(reader, "an argument is given twice");
    struct soap_argument *argument = &request->arguments[request->count++];
    text_copy(argument->name, sizeof argument->name, local);
    text_add(&argument->value, "");
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = data;
    char space[128];
    char local[64];

    (void)attributes;
    reader->depth++;
    if (!split_name(name, space, sizeof space, local, sizeof local)) {
        reader_fail(reader, "a name is too long");
        return;
    }
    bool soap = !strcmp(space, SOAP_NAMESPACE);
    switch (reader->depth) {
    case 1:
        if (!soap || strcmp(local, "Envelope") != 0)
            reader_fail(reader, "the root is not a SOAP 1.1 Envelope");
        break;
    case 2:
        reader->in_body = soap && !strcmp(local, "Body");
        break;
    case 3:
        if (!reader->in_body)
            break;
        if (reader->action[0])
            reader_fail(reader, "the Body holds more than one element");
        text_copy(reader->urn, sizeof reader->urn, space);
        text_copy(reader->action, sizeof reader->action, local);
        break;
    case 4:
        if (reader->in_body)
            start_argument(reader, local);
        break;
    default:
        reader_fail(reader, "an argument holds an element");
    }
}

static void on_end(void *data, const XML_Char *name)
{
    struct reader *reader = data;

    (void)name;
    reader->depth--;
}

static void on_text(void *data, const XML_Char *text, int length)
{
    struct reader *reader = data;

    if (reader->depth != 4 || !reader->in_body || !reader->request->count)
        return;
    struct soap_argument *argument = &reader->request->arguments[reader->request->count - 1];
    text_bytes(&argument->value, text, (size_t)length);
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    reader_fail(data, "a DOCTYPE is not allowed");
}

/* "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping", with quotes or without. */
static const char *parse_header(struct soap_request *request, const char *header)
{
    if (!header)
        return "the SOAPAction header is missing";
    size_t length = strlen(header);
    if (length >= 2 && header[0] == '"' && header[length - 1] == '"') {
        header++;
        length -= 2;
    }
    const char *hash = memchr(header, '#', length);
    if (!hash)
        return "the SOAPAction header has no #";
    size_t urn = (size_t)(hash - header);
    size_t action = length - urn - 1;
    if (!urn || urn >= sizeof request->urn || !action || action >= sizeof request->action)
        return "the SOAPAction header is empty or too long";
    memcpy(request->urn, header, urn);
    memcpy(request->action, hash + 1, action);
    return NULL;
}

bool soap_parse(struct soap_request *request, const char *header, const char *body, size_t length,
                const char **why)
{
    struct reader reader = {.request = request};

    memset(request, 0, sizeof *request);
    *why = parse_header(request, header);
    if (*why)
        return false;
    reader.parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (!reader.parser) {
        *why = "out of memory";
        return false;
    }
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader.parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader.parser, on_doctype);
    enum XML_Status status = XML_Parse(reader.parser, body, (int)length, 1);
    XML_ParserFree(reader.parser);
    if (reader.why)
        *why = reader.why;
    else if (status != XML_STATUS_OK)
        *why = "the body is not well-formed XML";
    else if (!reader.action[0])
        *why = "the body names no action";
    else if (strcmp(reader.action, request->action) != 0 || strcmp(reader.urn, request->urn) != 0)
        *why = "the SOAPAction header and the body disagree";
    return !*why;
}

void soap_request_free(struct soap_request *request)
{
    for (size_t i = 0; i < request->count; i++)
        text_free(&request->arguments[i].value);
    request->count = 0;
}

const char *soap_argument(const struct soap_request *request, const char *name)
{
    for (size_t i = 0; i < request->count; i++)
        if (!strcmp(request->arguments[i].name, name))
            return request->arguments[i].value.data;
    return NULL;
}

static void envelope_begin(struct text *out)
{
    text_add(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                  "<s:Envelope xmlns:s=\"" SOAP_NAMESPACE "\" "
                  "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>");
}

static void envelope_end(struct text *out)
{
    text_add(out, "</s:Body></s:Envelope>");
}

void soap_reply(struct text *out, const char *urn, const char *action, const char *suffix,
                const char *inner)
{
    envelope_begin(out);
    text_format(out, "<u:%s%s xmlns:u=\"", action, suffix);
    text_xml(out, urn);
    text_format(out, "\">%s</u:%s%s>", inner, action, suffix);
    envelope_end(out);
}

static const char *fault_text(int code)
{
    static const struct {
        int code;
        const char *text;
    } table[] = {
        {401, "Invalid Action"},
        {402, "Invalid Args"},
        {501, "Action Failed"},
        {602, "Optional Action Not Implemented"},
        {606, "Action not authorized"},
        {703, "InactiveConnectionStateRequired"},
        {711, "ConnectionAlreadyTerminated"},
        {713, "SpecifiedArrayIndexInvalid"},
        {714, "NoSuchEntryInArray"},
        {715, "WildCardNotPermittedInSrcIP"},
        {716, "WildCardNotPermittedInExtPort"},
        {718, "ConflictInMappingEntry"},
        {724, "SamePortValuesRequired"},
        {725, "OnlyPermanentLeasesSupported"},
        {726, "RemoteHostOnlySupportsWildcard"},
        {727, "ExternalPortOnlySupportsWildcard"},
        {728, "NoPortMapsAvailable"},
        {729, "ConflictWithOtherMechanisms"},
        {730, "PortMappingNotFound"},
        {732, "WildCardNotPermittedInIntPort"},
        {733, "InconsistentParameters"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].text;
    return "Simulated fault";
}

void soap_fault(struct text *out, int code)
{
    envelope_begin(out);
    text_format(out,
                "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
                "<detail><UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\">"
                "<errorCode>%d</errorCode><errorDescription>%s</errorDescription></UPnPError>"
                "</detail></s:Fault>",
                code, fault_text(code));
    envelope_end(out);
}
