#include "daemon/descriptors.h"

#include <sys/resource.h>

#include "daemon/control_place.h"
#include "daemon/exporter.h"
#include "daemon/log.h"

enum {
    OWN = 48, /* about 20 idle; folders of sources being read, resolver, certificates, libraries at work */
    ROUND = 1024
};

uint32_t descriptors_needed(const struct config *config)
{
    uint32_t needed = OWN + CONTROL_CONNECTIONS + CONTROL_CONNECTIONS_REFUSED;
    if (config->listen_metrics) needed += EXPORTER_CONNECTIONS + 1;
    for (uint32_t i = 0; i < config->cloud_count; i++)
        needed += config->clouds[i].in_flight;
    return needed;
}

void descriptors_check(const struct config *config)
{
    struct rlimit limit;
    uint32_t needed = descriptors_needed(config), enough = (needed / ROUND + 1) * ROUND;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
    log_write(
        LOG_LEVEL_WARNING, &(struct log_fields){.type = "DescriptorsFew"},
        "only %llu files may be open at once (RLIMIT_NOFILE), and this configuration may need %u: clients "
        "that fill the control socket would keep the clouds from being asked; give LimitNOFILE=%u in a "
        "drop-in of setpointd.service, or without systemd: ulimit -n %u",
        (unsigned long long)limit.rlim_cur, (unsigned)needed, (unsigned)enough, (unsigned)enough);
}
