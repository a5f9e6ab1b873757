/* SPDX-License-Identifier: MIT */
/* Kept mappings: the close, and what is shown of them. */
#include "../meaning/keeper.h"
#include "starts.h"

#include <stdlib.h>

natupnp_status natupnp_client_close(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_close);
}

size_t natupnp_client_kept_count(const natupnp_client *client)
{
    return client ? nat__keeper_count(client->keeper) : 0;
}

natupnp_status natupnp_client_kept_at(natupnp_kept **out, natupnp_client *client, size_t index)
{
    if (!out)
        return NATUPNP_E_INVAL;
    *out = NULL;
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    status = nat__keeper_snapshot(out, client->keeper, index);
    nat__client_leave(client);
    return status;
}

void natupnp_kept_free(natupnp_kept *kept)
{
    if (!kept)
        return;
    natupnp_mapping_free(kept->mapping);
    free(kept);
}

const natupnp_mapping *natupnp_kept_mapping(const natupnp_kept *kept)
{
    return kept ? kept->mapping : NULL;
}

natupnp_kept_state natupnp_kept_now(const natupnp_kept *kept)
{
    return kept ? kept->state : (natupnp_kept_state)0;
}

natupnp_status natupnp_kept_status(const natupnp_kept *kept)
{
    return kept ? kept->status : NATUPNP_E_INVAL;
}

int64_t natupnp_kept_next_s(const natupnp_kept *kept)
{
    return kept ? kept->next_s : -1;
}
