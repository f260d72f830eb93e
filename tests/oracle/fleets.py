"""Draws fleets: manifests, what their servers became meanwhile, and the manifests that follow.

A fleet is plain data. `before` and `after` are lists of documents (dicts in the shape of a manifest); `servers` is what
stands on the clouds behind `before` once that has converged and somebody has changed it; `drift` says the same in lines
of tests/golden. What setpoint itself wrote, attached and associated follows from `before`: it made every server."""
import copy
import json
import random

# What is offered by the clouds of tests/golden (offer.c). The Tencent gateway has no lists: ids are written there.
FLAVORS = {"small": "f-small", "big": "f-big", "own": "f-own"}
IMAGES = {"rocky": "i-rocky", "debian": "i-debian"}
ADDRESSES = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
ZONES = ["zone-a", "zone-b"]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx ops@example"
PROVIDERS = ["openstack", "nhn-v2", "nhn-v1", "kakaocloud", "tencent-gateway"]
# What a manifest may ask for there.
HAS = {
    "openstack": {"shelve", "name", "metadata", "volumes", "address", "keypair", "rebuild", "restart", "image", "flavor"},
    "nhn-v2": {"shelve", "name", "metadata", "volumes", "address", "keypair", "restart", "image", "flavor"},
    "nhn-v1": {"volumes", "address", "keypair", "restart", "image", "flavor"},
    "kakaocloud": {"shelve", "name", "volumes", "address", "keypair", "rebuild", "restart", "flavor"},
    "tencent-gateway": {"name", "rebuild", "flavor"},
}
# States in which a person or a fault may leave a server there.
STATES = {
    "openstack": ["running", "stopped", "shelved", "paused", "suspended", "rescued", "confirm-resize", "error", "busy"],
    "nhn-v2": ["running", "stopped", "shelved", "paused", "suspended", "rescued", "confirm-resize", "error", "busy"],
    "nhn-v1": ["running", "stopped", "error", "busy"],
    "kakaocloud": ["running", "stopped", "shelved", "error", "busy", "paused"],
    "tencent-gateway": ["running", "stopped", "busy"],
}
RESTARTS = "2026-01-31T03:00:%02dZ"  # behind the start of tests/golden's clock, before the plan


def offered(table, provider, name):
    return name if provider == "tencent-gateway" else table.get(name, name)


class Draw:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        pick = self.chance.sample(PROVIDERS, self.chance.choice([1, 1, 2, 3]))
        self.clouds = {f"c{i}": provider for i, provider in enumerate(pick)}
        self.free = {cloud: list(ADDRESSES) for cloud in self.clouds}
        self.volume = 0

    def often(self, share):
        return self.chance.random() < share

    def groups(self, provider):
        known = ["db", "old"] if provider == "kakaocloud" else ["db", "default", "old", "web"]
        return self.chance.sample(known, self.chance.randint(1, len(known) - (provider != "kakaocloud")))

    def power(self, provider):
        return self.chance.choice(["running"] * 3 + ["stopped"] + ["shelved"] * ("shelve" in HAS[provider]))

    def volumes(self, most=2):
        self.volume += most
        return [{"id": f"vol-{self.volume - i}"} for i in range(self.chance.randint(0, most))]

    def metadata(self):
        return {key: self.chance.choice("abc") for key in self.chance.sample(["team", "tier", "cost"], self.chance.randint(0, 3))}

    def lifecycle(self, provider):
        life = {}
        changes = ["block", "replace", "replace"] + ["rebuild"] * 5 * ("rebuild" in HAS[provider])
        if self.often(0.6):
            life["onImmutableChange"] = self.chance.choice(changes)
        if self.often(0.3):
            life["onError"] = self.chance.choice(["hold", "repair", "replace"])
        if self.often(0.1):
            life["protect"] = True
        if self.often(0.1):
            life["ignore"] = [self.chance.choice(["flavor", "securityGroups", "image"])]
        if self.often(0.3) and "image" in HAS[provider]:
            life["retire"] = self.chance.choice([{"snapshot": True}, {"stopFor": "24h"}, {"stopFor": "24h", "snapshot": True}])
        elif self.often(0.1):
            life["retire"] = {"stopFor": "24h"}
        return life

    def spec(self):
        cloud = self.chance.choice(sorted(self.clouds))
        provider = self.clouds[cloud]
        has = HAS[provider]
        spec = {"cloud": cloud, "flavor": self.chance.choice(["small", "big"]), "image": self.chance.choice(sorted(IMAGES))}
        spec["lifecycle"] = self.lifecycle(provider)
        if provider in ("nhn-v1", "tencent-gateway") or self.often(0.2) and provider != "kakaocloud":
            spec["zone"] = self.chance.choice(ZONES)
        if provider == "nhn-v1" or "keypair" in has and self.often(0.1):
            spec["keypair"] = "there"
        if provider == "nhn-v1" or provider != "tencent-gateway" and self.often(0.2):
            spec["networks"] = [{"subnet": "sub"}]
        if self.often(0.7):
            spec["securityGroups"] = self.groups(provider)
        if self.often(0.6):
            spec["power"] = self.power(provider)
        if "metadata" in has and self.often(0.6):
            spec["metadata"] = self.metadata()
        if "volumes" in has and self.often(0.5):
            spec["volumes"] = self.volumes()
        if "address" in has and self.free[cloud] and self.often(0.5):
            spec["floatingIp"] = self.free[cloud].pop()
        return spec

    def change(self, name, spec):
        """Other values for some fields; every one is valid there."""
        provider = self.clouds[spec["cloud"]]
        has = HAS[provider]
        new = copy.deepcopy(spec)
        quiet = self.often(0.3)  # then only what comes behind everything else, or nothing
        if not quiet:
            if self.often(0.35):
                new["power"] = self.power(provider)
            if self.often(0.35) and "flavor" in has:
                new["flavor"] = self.chance.choice(["small", "big", "big", "small", "none"])
            if self.often(0.3) and "securityGroups" in new:
                new["securityGroups"] = self.groups(provider)
            if self.often(0.3) and "name" in has:
                new["name"] = self.chance.choice([name, f"{name}-renamed"])
            if self.often(0.4) and "metadata" in new:
                new["metadata"] = self.metadata()
            if self.often(0.5) and "volumes" in new:
                new["volumes"] = [v for v in new["volumes"] if self.often(0.5)] + self.volumes(1)
            if self.often(0.4) and "floatingIp" in new:
                new["floatingIp"] = self.chance.choice(["none", "none", (self.free[spec["cloud"]] or ["none"])[0]])
        if self.often(0.5 if "rebuild" in has else 0.25):
            new["image"] = self.chance.choice(sorted(IMAGES) + ["none"] * self.often(0.1))
        if self.often(0.05) and "zone" in new:
            new["zone"] = self.chance.choice(ZONES)
        if self.often(0.4) and "restart" in has:
            new["restart"] = {"at": RESTARTS % self.chance.randint(1, 59), "type": self.chance.choice(["soft", "hard"])}
        if self.often(0.3):
            new["lifecycle"] = self.lifecycle(provider)
        return new


def document(kind, name, spec):
    return {"apiVersion": "setpoint/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def merged(spec, classes):
    """Instance over Class; maps key by key, null takes away."""
    over = dict(spec)
    under = copy.deepcopy(classes.get(over.pop("class", None), {}))
    for key, value in over.items():
        under[key] = {**under.get(key, {}), **value} if isinstance(value, dict) and isinstance(under.get(key), dict) else value
    return {key: value for key, value in under.items() if value is not None}


def converged(name, spec, provider):
    """The server that this spec makes."""
    return {
        "id": f"id-{name}", "object": name, "cloud": spec["cloud"], "name": spec.get("name", name),
        "phase": spec.get("power", "running"), "rests": None, "locked": False,
        "flavor": offered(FLAVORS, provider, spec["flavor"]), "image": offered(IMAGES, provider, spec["image"]),
        "zone": spec.get("zone"), "keypair": spec.get("keypair"), "groups": sorted(spec.get("securityGroups", [])),
        "volumes": sorted(v["id"] for v in spec.get("volumes", [])), "metadata": dict(spec.get("metadata", {})),
        "floatingIp": spec.get("floatingIp", "none"),
        "ours": {"metadata": sorted(spec.get("metadata", {})), "volumes": sorted(v["id"] for v in spec.get("volumes", [])),
                 "addresses": [spec["floatingIp"]] if spec.get("floatingIp", "none") != "none" else []},
    }


def drift(draw, server, provider):
    """Somebody changes it; the words for `set`."""
    words, chance = [], draw.chance

    def put(column, value, **members):
        words.append(f"{column}={value}")
        server.update(members)
    if draw.often(0.3):
        phase = chance.choice(STATES[provider])
        put("phase", phase, phase=phase)
        if phase == "confirm-resize":
            rests = chance.choice(["running", "stopped"])
            put("rests", rests, rests=rests)
    if draw.often(0.1):
        flavor = offered(FLAVORS, provider, chance.choice(["small", "big"]))
        put("flavor", flavor, flavor=flavor)
    if draw.often(0.1):
        put("name", "by-hand-" + server["object"], name="by-hand-" + server["object"])
    if draw.often(0.1):
        groups = sorted(draw.groups(provider))
        put("groups", ",".join(groups), groups=groups)
    if draw.often(0.05):
        image = offered(IMAGES, provider, chance.choice(sorted(IMAGES)))
        put("image", image, image=image)
    if draw.often(0.15) and "metadata" in HAS[provider]:
        key = chance.choice(["team", "tier", "cost", "foreign"])
        value = chance.choice(["", "x"])
        server["metadata"].pop(key, None)
        server["metadata"].update({key: value} if value else {})
        words.append(f"metadata.{key}={value}")
    if draw.often(0.15) and "volumes" in HAS[provider]:
        volumes = sorted([v for v in server["volumes"] if draw.often(0.5)] + ["vol-foreign"] * draw.often(0.5))
        put("volumes", ",".join(volumes) or "[]", volumes=volumes)
    if draw.often(0.1) and server["floatingIp"] != "none":
        address = chance.choice(["none", "198.51.100.9"])
        put("floating", address, floatingIp=address)
    if draw.often(0.05):
        put("locked", "yes", locked=True)
    return [f"set {server['id']} " + " ".join(words)] if words else []


def draw_keypairs(draw, fleet):
    able = [cloud for cloud, provider in fleet["clouds"].items() if "keypair" in HAS[provider]]
    for name in ("key-a", "key-b"):
        for when in ("before", "after"):
            if able and draw.often(0.4):
                clouds = sorted(draw.chance.sample(able, draw.chance.randint(1, len(able))))
                fleet[when].append(document("Keypair", name, {"clouds": clouds, "publicKey": {"inline": KEY}}))


def draw_fleet(seed):
    draw = Draw(seed)
    fleet = {"seed": seed, "clouds": draw.clouds, "before": [], "after": [], "drift": [], "foreign": [], "servers": []}
    base = {"lifecycle": {"buildTimeout": "20m"}}
    known = {"base": base}
    for number in range(draw.chance.randint(2, 9)):
        name = f"o{number}"
        spec = draw.spec()
        if draw.often(0.2):
            spec["class"] = "base"
        fate = draw.chance.random()
        if fate > 0.2:
            fleet["before"].append(document("Instance", name, spec))
            server = converged(name, merged(spec, known), draw.clouds[spec["cloud"]])
            fleet["drift"] += drift(draw, server, draw.clouds[spec["cloud"]])
            fleet["servers"].append(server)
        if fate < 0.85:
            new = spec if fate < 0.2 else draw.change(name, spec)
            if fate < 0.2 and draw.often(0.1):
                fleet["foreign"].append({"id": f"f-{name}", "object": None, "cloud": spec["cloud"], "name": name})
            fleet["after"].append(document("Instance", name, new))
    draw_keypairs(draw, fleet)
    if not any(one["kind"] == "Instance" for one in fleet["after"]):
        return draw_fleet(seed + 1000003)  # an emptied source waits for a person
    for when in ("before", "after"):
        fleet[when].insert(0, document("Class", "base", base))
    return fleet


def opening(fleet):
    """The lines up to the first reading: clouds, source, key pairs and servers of others."""
    lines = [f"cloud {cloud} {provider}" for cloud, provider in fleet["clouds"].items()]
    lines += ["daemon destroy=100%/1h", "source prod destroy=100%/1h disruption=100% delay=1s"]
    for cloud, provider in fleet["clouds"].items():
        rows = [f"  {server['id']} {server['name']} running f-small i-rocky" for server in fleet["foreign"] if server["cloud"] == cloud]
        lines += [f"servers {cloud}", "  id name phase flavor image", *rows] if rows else []
        lines += [f'keypair {cloud} there "{KEY}"'] if "keypair" in HAS[provider] else []
    return lines + ["start"]


def file_lines(path, documents):
    """One file of the source prod."""
    lines = [f"file prod {path}"]
    for number, one in enumerate(documents):
        lines += ["  ---"] * (number > 0) + ["  " + (one if isinstance(one, str) else json.dumps(one))]
    return lines
