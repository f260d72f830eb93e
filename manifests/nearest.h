#ifndef SETPOINT_MANIFESTS_NEAREST_H
#define SETPOINT_MANIFESTS_NEAREST_H

/* Which known word somebody meant. Offer all candidates, then ask. The texts are the caller's. */
struct nearest {
    const char *meant;
    const char *best; /* NULL: nothing is near */
    unsigned distance;
};

struct nearest nearest_to(const char *meant);
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
