// SPDX-License-Identifier: MIT
// What is wrapped, for every language. The typemaps of a language stand in its own file, which
// includes this one; TYPEMAPS.md lists them.

// natupnp_client_fd becomes client_fd, natupnp_script_static_add becomes static_add.
%rename("%(regex:/^natupnp_(?:script_)?(.*)/\\1/)s", %$isfunction) "";
%rename("%(strip:[NATUPNP_])s", %$isenumitem) "";

// Scripts have these by another name, by plain arguments (script.h), or not at all: callbacks
// would run a script from inside C.
%ignore natupnp_client_new;
%ignore natupnp_client_options_problem;
%ignore natupnp_client_set_timeout_ms;
%ignore natupnp_client_free;
%ignore natupnp_client_next_done;
%ignore natupnp_client_options;
%ignore natupnp_log_fn;
%ignore natupnp_log_level;
%ignore natupnp_trace_fn;
%ignore natupnp_trace_direction;
%ignore natupnp_done_fn;
%ignore natupnp_op_set_user;
%ignore natupnp_op_user;
%ignore natupnp_op_free;
%ignore natupnp_op_mapping;
%ignore natupnp_op_mapping_at;
%ignore natupnp_op_gateway;
%ignore natupnp_op_gateway_at;
%ignore natupnp_mapping_dup;
%ignore natupnp_mapping_free;
%ignore natupnp_mapping_list;
%ignore natupnp_gateway_dup;
%ignore natupnp_gateway_free;
%ignore natupnp_static_add;
%ignore natupnp_static_add_request;
%ignore natupnp_static_edit;
%ignore natupnp_dynamic_add;
%ignore natupnp_dynamic_add_request;
%ignore natupnp_dynamic_edit;
%ignore natupnp_dynamic_renew;
%ignore natupnp_client_next_event;
%ignore natupnp_event_free;
%ignore natupnp_event_kind_name;
%ignore natupnp_event_mapping;
%ignore natupnp_event_gateway;
%ignore natupnp_kept_free;
%ignore natupnp_kept_mapping;
%ignore natupnp_edit_request;
%ignore natupnp_protocol_parse;
%ignore natupnp_protocol_name;
%ignore natupnp_script_seconds;
%ignore NATUPNP_LOG_DEBUG;
%ignore NATUPNP_LOG_INFO;
%ignore NATUPNP_LOG_WARNING;
%ignore NATUPNP_TRACE_SENT;
%ignore NATUPNP_TRACE_RECEIVED;
%ignore NATUPNP_PROTOCOL_TCP;
%ignore NATUPNP_PROTOCOL_UDP;
%ignore NATUPNP_EVENT_EXTERNAL_IP;
%ignore NATUPNP_EVENT_NUMBER_OF_ENTRIES;
%ignore NATUPNP_EVENT_CONNECTION_STATUS;
%ignore NATUPNP_EVENT_GATEWAY_FOUND;
%ignore NATUPNP_EVENT_GATEWAY_LOST;
%ignore NATUPNP_EVENT_MAPPING_LOST;
%ignore NATUPNP_EVENT_MAPPING_RESTORED;
%ignore NATUPNP_EVENT_MAPPING_RENEWED;
%ignore NATUPNP_EVENT_MAPPING_REFUSED;
%ignore NATUPNP_SWITCH_KEEP;
%ignore NATUPNP_SWITCH_ON;
%ignore NATUPNP_SWITCH_OFF;
%rename("$ignore", regextarget=1, %$isconstant, %$not %$isenumitem) "^(NATUPNP|SCRIPT)_";

// Handles belong to the script: the collector frees what was not freed. SCRIPT_HANDLE is the language's.
SCRIPT_HANDLE(natupnp_client)
SCRIPT_HANDLE(natupnp_op)
SCRIPT_HANDLE(natupnp_mapping)
SCRIPT_HANDLE(natupnp_gateway)
SCRIPT_HANDLE(natupnp_event)
SCRIPT_HANDLE(natupnp_kept)

#define NATUPNP_API
%include <natupnp/version.h>
%include <natupnp/status.h>
%include <natupnp/protocol.h>
%include <natupnp/mapping.h>
%include <natupnp/gateway.h>
%include <natupnp/op.h>
%include <natupnp/client.h>
%include <natupnp/static.h>
%include <natupnp/dynamic.h>
%include <natupnp/event.h>
%include <natupnp/keep.h>
%include "script.h"
