/* The command line. */
#ifndef SETPOINT_TESTS_SIMCLOUD_ARGUMENTS_H
#define SETPOINT_TESTS_SIMCLOUD_ARGUMENTS_H

#include "tests/cloud/cloud.h"

struct arguments {
    char host[64];
    unsigned port;
    bool dialects[CLOUD_DIALECT_COUNT];
    struct cloud_options options[CLOUD_DIALECT_COUNT];
    size_t servers;
    const char *faults; /* path, or NULL */
    const char *census; /* path, or NULL */
    const char *state;  /* directory, or NULL */
    char shape[2048];   /* the options that make the cloud, as text; cut */
    const char *cert;
    const char *key;
    int64_t client_pid;
};

/* Returns -1 to go on, else the exit status (help, version and mistakes are printed). */
int arguments_read(struct arguments *arguments, int argc, char **argv);

#endif
