#ifndef SETPOINT_MANIFESTS_ADDRESS_H
#define SETPOINT_MANIFESTS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* IP addresses as text (RFC 3986 section 3.2.2 for IPv4, RFC 4291 section 2.2 for IPv6, no zone). */
bool address_is_ipv4(const char *text, uint8_t out_bytes[4]); /* out_bytes may be NULL */
bool address_is_ipv6(const char *text);

#endif
