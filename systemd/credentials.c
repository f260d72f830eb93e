#include "systemd/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CREDENTIAL_NAME_MAX = 255 /* one file name */ };

/* systemd refuses the rest as well: a slash, or a name made of dots, would leave the directory. */
static bool name_is_sound(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > CREDENTIAL_NAME_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if (name[i] == '/' || name[i] == ':' || (unsigned char)name[i] <= ' ' || name[i] == 0x7f)
            return false;
    return true;
}

bool credential_path(const char *name, char *out, size_t size, struct error *err)
{
    if (!name_is_sound(name))
        return error_set(err, ERROR_INPUT,
                         "credential name \"%s\" is no file name; use letters, digits, - and _", name);
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    if (!directory || directory[0] != '/')
        return error_set(err, ERROR_INPUT,
                         "credential %s: systemd handed over no credentials; add LoadCredential=%s:PATH to "
                         "setpointd.service (systemctl edit setpointd), or use {file: PATH}",
                         name, name);
    int length = snprintf(out, size, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= size)
        return error_set(err, ERROR_LIMIT, "the path of credential %s is too long", name);
    return true;
}
