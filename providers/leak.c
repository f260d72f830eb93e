#include "providers/leak.h"

#include <string.h>

enum { PIECE_MIN = 16 /* shorter pieces of base64 tell nothing */ };

static const char *user_data_of(const struct call *call)
{
    bool sent =
        call->kind == CALL_CREATE && call->create && (call->create->given & FIELD_BIT(FIELD_USER_DATA));
    return sent ? value_scalar(call->create->values[FIELD_USER_DATA]) : "";
}

bool leak_is_possible(const struct call *call)
{
    return *user_data_of(call) != '\0';
}

bool leak_in_message(const struct call *call, const char *message)
{
    const char *secret = user_data_of(call);
    size_t secret_size = strlen(secret), message_size = strlen(message);
    size_t window = secret_size < PIECE_MIN ? secret_size : PIECE_MIN;
    char piece[PIECE_MIN + 1] = "";
    if (!window) return false;
    for (size_t i = 0; i + window <= message_size; i++) {
        memcpy(piece, message + i, window);
        if (strstr(secret, piece)) return true;
    }
    return false;
}
