"""A planner as naive as can be: what is desired, what stands there, and one table for each cloud's API, typed from what
its guide and the code behind it say (which state takes which action), give the calls that a plan must hold.

plan(case) knows nothing of setpoint's code. case: `clouds` (name: provider), `offers` (provider: flavors, images by
name), `desired` (name: merged spec), `servers` (what stands there; `object` says whose it is, `ours` what setpoint
wrote, attached and associated), `left` (name: the last spec of what is desired no more), `keypairs` (desired and ours,
as lists of (name, cloud)). A call is (object, kind, from, to); what a Snapshot is called is not told."""
import heapq

PLAIN, INTERRUPTS = 1, 10
# Of several ways that cost the same and have as many calls, the one whose calls stand first here.
STAY = "as it was"
ALL = "running stopped shelved confirm-resize paused suspended rescued"
NOVA = [
    ("Rename", ALL, STAY, PLAIN),
    ("SetMetadata", "running stopped paused suspended", STAY, PLAIN),
    ("AddSecurityGroup", ALL, STAY, PLAIN),
    ("RemoveSecurityGroup", ALL, STAY, PLAIN),
    ("AttachVolume", "running stopped confirm-resize paused", STAY, PLAIN),
    ("DetachVolume", "running", STAY, INTERRUPTS),
    ("DetachVolume", "stopped confirm-resize paused", STAY, PLAIN),
    ("AssociateFloatingIp", ALL, STAY, PLAIN),  # the network service asks for no state
    ("ReleaseFloatingIp", "running", STAY, INTERRUPTS),
    ("ReleaseFloatingIp", ALL, STAY, PLAIN),  # (the first row that fits counts)
    ("Start", "stopped", "running", PLAIN),
    ("Stop", "running", "stopped", INTERRUPTS),
    ("Unshelve", "shelved", "running", PLAIN),
]
RESIZE = [("Resize", "running", STAY, INTERRUPTS), ("Resize", "stopped", STAY, PLAIN),
          ("ConfirmResize", "confirm-resize", "what it was before", PLAIN)]
V1 = [
    ("AddSecurityGroup", "running stopped", STAY, PLAIN),
    ("RemoveSecurityGroup", "running stopped", STAY, PLAIN),
    ("AttachVolume", "running stopped", STAY, PLAIN),
    ("DetachVolume", "running stopped", STAY, INTERRUPTS),
    ("AssociateFloatingIp", "running stopped", STAY, PLAIN),
    ("ReleaseFloatingIp", "running", STAY, INTERRUPTS),
    ("ReleaseFloatingIp", "stopped", STAY, PLAIN),
    ("Start", "stopped", "running", PLAIN),
    ("Stop", "running", "stopped", INTERRUPTS),
    ("Resize", "stopped", STAY, PLAIN),  # its console resizes stopped ones only
]
KAKAO = [
    ("Rename", "running stopped shelved", STAY, PLAIN),
    ("AddSecurityGroup", "running stopped", STAY, PLAIN),
    ("RemoveSecurityGroup", "running stopped", STAY, PLAIN),
    ("AttachVolume", "running stopped", STAY, PLAIN),
    ("DetachVolume", "running", STAY, INTERRUPTS),
    ("DetachVolume", "stopped", STAY, PLAIN),
    ("AssociateFloatingIp", "running stopped", STAY, PLAIN),
    ("ReleaseFloatingIp", "running", STAY, INTERRUPTS),
    ("ReleaseFloatingIp", "stopped", STAY, PLAIN),
    ("Resize", "stopped", STAY, PLAIN),
    ("Start", "stopped", "running", PLAIN),
    ("Stop", "running", "stopped", INTERRUPTS),
    ("Shelve", "running", "shelved", INTERRUPTS),
    ("Unshelve", "shelved", "running", PLAIN),
]
TENCENT = [
    ("Rename", "running stopped", STAY, PLAIN),
    ("AddSecurityGroup", "running stopped", STAY, PLAIN),
    ("RemoveSecurityGroup", "running stopped", STAY, PLAIN),
    ("Start", "stopped", "running", PLAIN),
    ("Stop", "running", "stopped", INTERRUPTS),
]
# confirms: a resize waits to be confirmed. beside: what a server is can be written on it, so that two of one object can
# be told apart. rebuild: from which state it can be given another image, and in which it is then; image: in which an
# image can be made of it; repair: what one in error takes. groups_at_once: one request tells the whole set.
CLOUDS = {
    "openstack": {"table": NOVA + [("Shelve", "running stopped", "shelved", INTERRUPTS)] + RESIZE, "confirms": True, "beside": True,
                  "rebuild": {"running": "running", "stopped": "stopped"}, "image": "running stopped suspended",
                  "repair": "Reboot Stop"},
    "nhn-v2": {"table": NOVA + [("Shelve", "running", "shelved", INTERRUPTS)] + RESIZE, "beside": True,
               "image": "running stopped suspended", "repair": "Reboot Stop"},
    "nhn-v1": {"table": V1, "image": "stopped", "repair": "Reboot Stop"},
    "kakaocloud": {"table": KAKAO, "beside": True, "rebuild": {"running": "running", "stopped": "running"}, "repair": "Reboot"},
    "tencent-gateway": {"table": TENCENT, "groups_at_once": True, "rebuild": {"running": "running", "stopped": "running"}},
}
POWER_CALLS = ("Start", "Stop", "Shelve", "Unshelve", "ConfirmResize")


def cost_in(table, kind, phase):
    """None: it is not taken then."""
    return next((row[3] for row in table if row[0] == kind and phase in row[1].split()), None)


def search(table, start, rests, goal, fields):
    """The cheapest way from start, with these fields to change, to goal with none: [(row, phase before it)]; None: there
    is none. Power is left for a flavor only."""
    heap, seen = [((0, 0), (), start, frozenset(fields), [])], set()
    while heap:
        (cost, calls), rows, phase, left, way = heapq.heappop(heap)
        if phase == goal and not left:
            return way
        if (phase, left) in seen:
            continue
        seen.add((phase, left))
        for place, (kind, phases, to, price) in enumerate(table):
            if phase not in phases.split():
                continue
            field = next((name for name in left if kind in [call[0] for call in fields[name]] and kind not in POWER_CALLS), None)
            if field:
                prices = [cost_in(table, call[0], phase) for call in fields[field] if call[0] not in POWER_CALLS]
                if None in prices:
                    continue
                step = (cost + sum(prices), calls + len(fields[field]))
                heapq.heappush(heap, (step, (*rows, place), phase, left - {field}, way + [(field, phase)]))
            elif kind in POWER_CALLS and (phase != goal or "flavor" in left):
                target = rests if to == "what it was before" else to
                heapq.heappush(heap, ((cost + price, calls + 1), (*rows, place), target, left, way + [(kind, phase)]))
    return None


def route(cloud, server, goal, fields):
    """Calls from what the server is to goal. What no state on the way takes waits, and no way is left for it."""
    table, start = cloud["table"], server["phase"]
    flavor = {name: calls for name, calls in fields.items() if name == "flavor"}
    way = search(table, start, server["rests"], goal, flavor)
    if way is None:
        flavor = {}
        way = search(table, start, server["rests"], goal, {})
    reached = way is not None
    met = [phase for _, phase in way or []] + [goal if reached else start]
    fields = flavor | {name: calls for name, calls in fields.items() if name != "flavor" and any(
        all(cost_in(table, call[0], phase) for call in calls) for phase in met)}
    calls = []
    for step, _ in search(table, start, server["rests"], goal if reached else start, fields):
        calls += fields[step] if step in fields else [(step, server["phase"], goal)]
    return calls, reached


def differences(case, cloud, server, spec):
    """field: calls that change it in place; the fields of which no name is known; is its address elsewhere?"""
    fields, unknown, ours, ignored = {}, set(), server["ours"], spec["lifecycle"].get("ignore", [])
    names = case["offers"][case["clouds"][server["cloud"]]]

    def meant(field):
        text = spec[field]
        if names is not None and text not in names[field]:
            unknown.add(field)
            return None
        return text if names is None else names[field][text]

    def shown(value):
        return next((name for name, one in (names or {"flavor": {}})["flavor"].items() if one == value), value)
    name = spec.get("name", server["object"])
    if server["name"] != name:
        fields["name"] = [("Rename", server["name"], name)]
    if "metadata" in spec:
        keys = [key for key in sorted(spec["metadata"]) if server["metadata"].get(key) != spec["metadata"][key]]
        keys += [key for key in sorted(ours["metadata"]) if key in server["metadata"] and key not in spec["metadata"]]
        fields["metadata"] = [("SetMetadata", None, key) for key in keys]
    if "securityGroups" in spec:
        want, have = sorted(spec["securityGroups"]), server["groups"]
        fields["securityGroups"] = [("AddSecurityGroup", None, one) for one in want if one not in have]
        fields["securityGroups"] += [("RemoveSecurityGroup", None, one) for one in have if one not in want]
        if cloud.get("groups_at_once"):
            fields["securityGroups"] = [(call[0], f"[{', '.join(have)}]", f"[{', '.join(want)}]") for call in fields["securityGroups"][:1]]
    if "volumes" in spec:
        want, have = [one["id"] for one in spec["volumes"]], server["volumes"]
        fields["volumes"] = [("DetachVolume", None, one) for one in have if one in ours["volumes"] and one not in want]
        fields["volumes"] += [("AttachVolume", None, one) for one in sorted(want) if one not in have]
    fields["floatingIp"] = address(case, server, spec.get("floatingIp"))
    taken = fields["floatingIp"] is None and "floatingIp" not in ignored
    flavor = meant("flavor")
    if flavor and flavor != server["flavor"]:
        fields["flavor"] = [("Resize", shown(server["flavor"]), spec["flavor"])] + [("ConfirmResize", None, None)] * cloud.get("confirms", False)
    image = meant("image")
    fields["image"] = [("Rebuild", None, image)] if image and image != server["image"] else []
    fields["zone"] = [(None, server["zone"], spec["zone"])] if "zone" in spec and spec["zone"] != server["zone"] else []
    return {field: calls for field, calls in fields.items() if calls and field not in ignored}, unknown, taken


def address(case, server, wanted):
    have, ours = server["floatingIp"], server["ours"]["addresses"]
    if wanted is None or have == wanted:
        return []
    release = [("ReleaseFloatingIp", None, have)] if have in ours else []
    if wanted == "none":
        return release
    taken = any(other["cloud"] == server["cloud"] and other["floatingIp"] == wanted for other in case["servers"] if other["object"])
    if taken or (have != "none" and not release):
        return None
    return release + [("AssociateFloatingIp", None, wanted)]


def loads(spec):
    """What only one server can have: field, the calls that put it there and take it off, its name."""
    found = [("volumes", "AttachVolume", "DetachVolume", one) for one in sorted(one["id"] for one in spec.get("volumes", []))]
    wanted = spec.get("floatingIp", "none")
    return found + [("floatingIp", "AssociateFloatingIp", "ReleaseFloatingIp", wanted)] * (wanted != "none")


def given(cloud, spec, what):
    """A new server runs; it gets what a create does not give it, and comes to rest."""
    fields = {}
    for field, kind, _, one in what:
        fields.setdefault(field, []).append((kind, None, one))
    calls, _ = route(cloud, {"phase": "running", "rests": None}, spec.get("power", "running"), fields)
    return [(kind, None, to) for kind, _, to in calls]


def created(cloud, spec, name):
    return [("Create", None, spec.get("name", name))] + given(cloud, spec, loads(spec))


def before_delete(cloud, server, retire, power, stops):
    """What comes before a Delete: a Stop where it is wanted or an image needs it, and the image. None: no way to it."""
    image = bool(retire.get("snapshot"))
    fit = server["phase"] != "running" and server["phase"] in cloud.get("image", "").split()
    if server["phase"] == "busy" or not (stops or (image and not fit)):  # whether it must be stopped then shows later
        return [("Snapshot", None, None)] * image
    if server["phase"] == "error":
        return [("Stop", None, None), ("Snapshot", None, None)] if "Stop" in cloud.get("repair", "") else None
    calls, reached = route(cloud, server, "stopped", {})
    if not reached:
        return None
    return [(kind, server["phase"], power) for kind, _, _ in calls] + [("Snapshot", None, None)] * image


def retired(cloud, server, spec):
    """It left the manifests."""
    life, rests = spec["lifecycle"], ("stopped", "shelved", "error", "paused", "suspended")
    retire = life.get("retire", {})
    waits = "stopFor" in retire and server["phase"] in rests  # a person may put it right until then
    if life.get("protect") or (server["locked"] and not waits):
        return []
    calls = before_delete(cloud, server, retire, None, "stopFor" in retire and server["phase"] not in rests)
    if calls is None and waits:
        calls = [("Snapshot", None, None)]
    return [] if calls is None else calls + [("Delete", None, None)]


def replaced(cloud, server, spec, name):
    life = spec["lifecycle"]
    if life.get("protect") or server["phase"] in ("paused", "suspended", "rescued"):  # no person's doing is undone
        return []
    create = created(cloud, spec, name)
    if not cloud.get("beside") or life.get("retire", {}).get("snapshot") or server["phase"] == "error":
        calls = before_delete(cloud, server, {"snapshot": life.get("retire", {}).get("snapshot")}, spec.get("power", "running"), False)
        return [] if calls is None else calls + [("Delete", None, None)] + create
    moves, kept = [], []
    for load in loads(spec):
        _, kind, away, what = load
        held = what in server["volumes"] or what == server["floatingIp"]
        if held and not cost_in(cloud["table"], away, server["phase"]):
            kept.append(load)  # comes free with the old one
        else:
            moves += [(away, None, what)] * held + [(kind, None, what)]
    return [create[0]] + moves + [("Delete", None, None)] + given(cloud, spec, kept)


def changed(case, cloud, server, spec, name):
    life, phase, power = spec["lifecycle"], server["phase"], spec.get("power", "running")
    if phase == "busy" or server["locked"]:
        return []
    if phase == "error":
        repair = life.get("onError", "repair")
        if repair == "replace":
            return replaced(cloud, server, spec, name)
        return [("Reboot", None, "HARD")] * (repair == "repair" and "Reboot" in cloud.get("repair", ""))
    fields, unknown, taken = differences(case, cloud, server, spec)
    kinds = [row[0] for row in cloud["table"]]
    anew = [field for field in fields if fields[field][0][0] not in kinds]  # no call changes it in place
    policy = life.get("onImmutableChange", "block")
    if policy == "replace" and anew and not life.get("protect"):  # what is to go is not changed; if it is to run, it is started
        first = [] if power != "running" or life.get("retire", {}).get("snapshot") else route(cloud, server, power, {})[0]
        return first + ([] if unknown else replaced(cloud, {**server, "phase": "running"} if first else server, spec, name))
    calls, _ = route(cloud, server, power, {field: one for field, one in fields.items() if field not in anew})
    if calls or unknown - set(life.get("ignore", [])):
        return calls
    if policy == "rebuild" and "image" in anew and "rebuild" in cloud:
        if life.get("protect") or (phase not in cloud["rebuild"] and phase != power):
            return []
        if phase in cloud["rebuild"]:
            rest, _ = route(cloud, {"phase": cloud["rebuild"][phase], "rests": None}, power, {})
            return fields["image"] + [(kind, phase, to) for kind, _, to in rest]
        anew.remove("image")
    due = "restart" in spec and phase == "running" and not taken and not anew
    return [("Reboot", None, spec["restart"]["type"].upper())] if due else []


def plan(case):
    calls, bound = [], {server["object"]: server for server in case["servers"] if server["object"]}
    for name in sorted(case["desired"] | case["left"]):
        spec, server = case["desired"].get(name), bound.get(name)
        cloud = CLOUDS[case["clouds"][(spec or case["left"][name])["cloud"]]]
        if spec and not server:
            taken = any(other["name"] == spec.get("name", name) and other["cloud"] == spec["cloud"] for other in case["servers"])
            found = [] if taken else created(cloud, spec, name)
        elif spec:
            found = changed(case, cloud, server, spec, name)
        else:
            found = retired(cloud, server, case["left"][name])
        calls += [(name, *call) for call in found]
    keypairs = case["keypairs"]
    for name, cloud in sorted(set(map(tuple, keypairs["desired"] + keypairs["ours"]))):
        wanted, there = [name, cloud] in keypairs["desired"], [name, cloud] in keypairs["ours"]
        calls += [(name, "RegisterKeypair", None, name)] * (wanted and not there) + [(name, "DeleteKeypair", name, None)] * (there and not wanted)
    return calls
