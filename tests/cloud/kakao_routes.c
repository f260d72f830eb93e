/* What the dialect kakaocloud serves. */
#include "kakao.h"

enum {
    READ = ROUTE_SERVER,
    ACT = ROUTE_MUTATING | ROUTE_SERVER,
    WRITE = ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY,
};

#define ID   "api/v1/instances/*"
#define NICS ID "/network-interfaces"

const struct route kakao_routes[] = {
    {CLOUD_IDENTITY, "POST", "identity/v3/auth/tokens", "token", ROUTE_OPEN | ROUTE_LOGIN | ROUTE_BODY,
     kakao_token},
    {CLOUD_IDENTITY, "GET", "identity/v3/auth/tokens", "token-check", 0, kakao_token_check},

    {CLOUD_COMPUTE, "GET", "api/v1/instances", "list-detail", 0, kakao_list},
    {CLOUD_COMPUTE, "POST", "api/v1/instances", "create", ROUTE_MUTATING | ROUTE_BODY | ROUTE_CREATE,
     kakao_create},
    {CLOUD_COMPUTE, "GET", ID, "show", 0, kakao_show},
    {CLOUD_COMPUTE, "PUT", ID, "update", WRITE, kakao_update},
    {CLOUD_COMPUTE, "DELETE", ID, "delete", ACT, kakao_delete},
    {CLOUD_COMPUTE, "POST", ID "/start", "start", ACT, kakao_start},
    {CLOUD_COMPUTE, "POST", ID "/stop", "stop", ACT, kakao_stop},
    {CLOUD_COMPUTE, "POST", ID "/soft-reboot", "soft-reboot", ACT, kakao_soft_reboot},
    {CLOUD_COMPUTE, "POST", ID "/hard-reboot", "hard-reboot", ACT, kakao_hard_reboot},
    {CLOUD_COMPUTE, "POST", ID "/shelve", "shelve", ACT, kakao_shelve},
    {CLOUD_COMPUTE, "POST", ID "/unshelve", "unshelve", ACT, kakao_unshelve},
    {CLOUD_COMPUTE, "POST", ID "/resize", "resize", WRITE, kakao_resize},
    {CLOUD_COMPUTE, "POST", ID "/rebuild", "rebuild", WRITE, kakao_rebuild},
    {CLOUD_COMPUTE, "GET", ID "/action-logs", "action-logs", READ, kakao_action_logs},
    {CLOUD_COMPUTE, "POST", ID "/volumes/*", "attach", ACT, kakao_attach_volume},
    {CLOUD_COMPUTE, "DELETE", ID "/volumes/*", "detach", ACT, kakao_detach_volume},
    {CLOUD_COMPUTE, "GET", NICS, "interfaces", READ, kakao_interfaces},
    {CLOUD_COMPUTE, "POST", NICS "/*/security-groups/*", "add-group", ACT, kakao_add_group},
    {CLOUD_COMPUTE, "DELETE", NICS "/*/security-groups/*", "remove-group", ACT, kakao_remove_group},
    {CLOUD_COMPUTE, "PUT", NICS "/*/public-ips/*", "associate-ip", ACT, kakao_associate_ip},
    {CLOUD_COMPUTE, "DELETE", NICS "/*/public-ips", "release-ip", ACT, kakao_release_ip},
    {CLOUD_COMPUTE, "GET", "api/v1/flavors", "flavors", 0, kakao_flavors},
    {CLOUD_COMPUTE, "GET", "api/v1/keypairs", "keypairs", 0, kakao_keypairs},
    {CLOUD_COMPUTE, "POST", "api/v1/keypairs", "keypair-create", ROUTE_MUTATING | ROUTE_BODY,
     kakao_keypair_create},
    {CLOUD_COMPUTE, "DELETE", "api/v1/keypairs/*", "keypair-delete", ROUTE_MUTATING, kakao_keypair_delete},

    {CLOUD_IMAGE, "GET", "api/v1/images", "images", 0, kakao_images},
    {CLOUD_VPC, "GET", "api/v1/subnets", "subnets", 0, kakao_subnets},
    {CLOUD_NETWORK, "GET", "api/v1/security-groups", "security-groups", 0, kakao_groups},
    {CLOUD_NETWORK, "GET", "api/v1/public-ips", "public-ips", 0, kakao_public_ips},
    {CLOUD_SERVICE_NONE, NULL, NULL, NULL, 0, NULL},
};
