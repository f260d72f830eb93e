/* What nhn-v1 serves; a segment "?" stands for ?id= or ?name=. */
#include "nhnv1.h"

const struct route v1_routes[] = {
    {CLOUD_COMPUTE, "POST", "tokens", "token", ROUTE_OPEN | ROUTE_LOGIN | ROUTE_BODY, v1_token},
    {CLOUD_COMPUTE, "GET", "tokens/?/*", "token-show", 0, v1_token_show},

    {CLOUD_COMPUTE, "GET", "instances", "list", 0, v1_list},
    {CLOUD_COMPUTE, "GET", "instances/?/*", "show-brief", ROUTE_SERVER, v1_show_brief},
    {CLOUD_COMPUTE, "GET", "instances-detail", "list-detail", 0, v1_list_detail},
    {CLOUD_COMPUTE, "GET", "instances-detail/?/*", "show", ROUTE_SERVER, v1_show},
    {CLOUD_COMPUTE, "POST", "instances", "create", ROUTE_MUTATING | ROUTE_BODY | ROUTE_CREATE, v1_create},
    {CLOUD_COMPUTE, "DELETE", "instances/?/*", "delete", ROUTE_MUTATING | ROUTE_SERVER, v1_delete},
    {CLOUD_COMPUTE, "POST", "instances/*/action", "action",
     ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY | ROUTE_ACTION, v1_action},
    {CLOUD_COMPUTE, "POST", "instances/*/attachments", "attach", ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY,
     v1_attach},
    {CLOUD_COMPUTE, "DELETE", "instances/*/attachments", "detach", ROUTE_MUTATING | ROUTE_SERVER, v1_detach},

    {CLOUD_COMPUTE, "GET", "availability-zones", "zones", 0, v1_zones},
    {CLOUD_COMPUTE, "GET", "flavors", "flavors", 0, v1_flavors},
    {CLOUD_COMPUTE, "GET", "keypairs", "keypairs", 0, v1_keypairs},
    {CLOUD_COMPUTE, "GET", "keypairs/?/*", "keypair", 0, v1_keypair},
    {CLOUD_COMPUTE, "POST", "keypairs", "keypair-create", ROUTE_MUTATING | ROUTE_BODY, v1_keypair_create},
    {CLOUD_COMPUTE, "DELETE", "keypairs/?/*", "keypair-delete", ROUTE_MUTATING, v1_keypair_delete},
    {CLOUD_COMPUTE, "GET", "images", "images", 0, v1_images},
    {CLOUD_COMPUTE, "GET", "networks", "networks", 0, v1_networks},
    {CLOUD_COMPUTE, "GET", "subnets", "subnets", 0, v1_subnets},
    {CLOUD_COMPUTE, "GET", "security-groups", "security-groups", 0, v1_groups},
    {CLOUD_SERVICE_NONE, NULL, NULL, NULL, 0, NULL},
};
