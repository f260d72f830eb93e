#ifndef SETPOINT_CTL_INVENTORY_H
#define SETPOINT_CTL_INVENTORY_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/text.h"

/* Servers of setpoint's objects as other tools read them. What comes from a cloud or a manifest is text of
   strangers there: each form quotes it so that it stays text. Order: by name, then source. */

struct host {
    const cJSON *entry;           /* of /v1/inventory */
    char *alias;                  /* the object's name; source/name where several sources have it */
    const char *fixed, *floating; /* the first of each kind, IPv4 before IPv6; NULL = none */
};

struct hosts {
    struct host *items;
    uint32_t count;
};

void hosts_init(struct hosts *hosts, const cJSON *entries);
void hosts_release(struct hosts *hosts);
/* From outside: the floating address, else the fixed one. NULL = it has none. */
const char *host_outside(const struct host *host);

/* Hosts without address are left out of these three. */
void inventory_ansible(const struct hosts *hosts, struct text *out);
/* Variables of one host, by alias or source/name; {} for one that is not there, as Ansible expects. */
void inventory_ansible_host(const struct hosts *hosts, const char *name, struct text *out);
void inventory_ssh(const struct hosts *hosts, struct text *out);
/* port: "" = targets are bare addresses. By the fixed address, else the floating one. */
void inventory_prometheus(const struct hosts *hosts, const char *port, struct text *out);

#endif
