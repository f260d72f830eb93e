#ifndef SETPOINT_ADDRESS_H
#define SETPOINT_ADDRESS_H

#include "reconcile/catalogue.h"
#include "reconcile/object.h"

/* Whose a floating IP is. An API puts one on another server without asking whose it was, so this is looked up
   first: in the catalogue where the cloud has one, else in the newest list of servers. */

enum address_place {
    ADDRESS_FREE,
    ADDRESS_HERE,     /* on this server, by the catalogue; the server itself may not show it yet */
    ADDRESS_LEAVING,  /* on another server of ours that is about to give it up, or of the same object */
    ADDRESS_ELSEWHERE /* anybody else's: never taken */
};

struct address {
    enum resolution resolution; /* anything but FOUND: the rest says nothing */
    enum address_place place;
    const char *id;     /* what the cloud calls it; the address itself where there is no catalogue */
    bool exchange;      /* LEAVING: it waits for the address that this server has */
    const char *holder; /* LEAVING, ELSEWHERE: for people: 'server "web-1" (prod/web-1)' */
};

/* An address that the manifest names and that is seen on its server is the manifest's from now on, whoever
   put it there: it is taken off when the manifest names another. */
void address_claim(struct object *object, const struct server *server);
/* For the server that `object` is bound to. Text lives in the arena or with the catalogue. Wishes for the
   catalogues that are needed. */
void address_find(struct state *state, const struct object *object, const struct server *server,
                  const char *text, struct arena *arena, struct address *out);
/* The network interface that calls about addresses and groups name; NULL: not known, or (where the cloud
   lists its ports) not yet. */
const char *address_nic(const struct cloud *cloud, const struct server *server);
/* Whether the calls need one that must be looked up first. */
bool address_needs_port(const struct cloud *cloud, const struct server *server);

#endif
