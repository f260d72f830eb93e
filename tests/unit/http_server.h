#ifndef SETPOINT_TESTS_UNIT_HTTP_SERVER_H
#define SETPOINT_TESTS_UNIT_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two real servers on loopback for the tests of the HTTP client, each with threads of its own.

   The good one is libmicrohttpd: any path answers 200 with what arrived as text ("METHOD PATH\nheader:
   value\n… \n\nbody"), except /gzip (a compressed body), /missing (404), /moved (302 to /).

   The bad one speaks by path what no library would say; see http_server.c. */
struct good_server;
struct good_server *good_server_start(const char *key_pem,
                                      const char *certificate_pem); /* NULLs: clear text */
unsigned good_server_port(const struct good_server *server);
unsigned good_server_connections(const struct good_server *server);
/* The text of the request that was answered last. */
void good_server_newest(struct good_server *server, char *out, size_t size);
void good_server_stop(struct good_server *server);
#define GZIP_TEXT "the body was compressed\n"

struct bad_server;
struct bad_server *bad_server_start(void);
unsigned bad_server_port(const struct bad_server *server);
unsigned bad_server_requests(struct bad_server *server); /* heads that arrived */
void bad_server_stop(struct bad_server *server);

/* A port where a connection is neither taken nor refused (its queue is full). */
struct deaf_server;
struct deaf_server *deaf_server_start(void);
unsigned deaf_server_port(const struct deaf_server *server);
void deaf_server_stop(struct deaf_server *server);

/* A self-signed certificate for "localhost" as PEM; the caller frees both with free(). */
void make_certificate(char **out_key_pem, char **out_certificate_pem);

#endif
