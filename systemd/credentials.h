#ifndef SETPOINT_SYSTEMD_CREDENTIALS_H
#define SETPOINT_SYSTEMD_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>

#include "reconcile/base/error.h"

/* Path of the credential NAME that LoadCredential=, LoadCredentialEncrypted= or SetCredential= put into
   $CREDENTIALS_DIRECTORY. The name is checked (one path component of systemd's alphabet); the file is not
   looked at. false: no such directory, or a bad name; the message says how to provide it. */
bool credential_path(const char *name, char *out, size_t size, struct error *err)
    __attribute__((warn_unused_result));

#endif
