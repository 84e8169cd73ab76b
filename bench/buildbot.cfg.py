"""The master's configuration; what differs between benchmarks stands in bench.json beside it."""

import json
import time

from buildbot.plugins import schedulers, steps, util, worker
from buildbot.util import service

with open("bench.json") as file:
    settings = json.load(file)


class Ends(service.BuildbotService):
    """Writes down when each build has ended, which the API knows to the second only."""

    name = "ends"

    async def startService(self):
        await super().startService()
        self.file = open(settings["ends"], "a", buffering=1)
        self.consumer = await self.master.mq.startConsuming(self.note, ("builds", None, "finished"))

    def note(self, _, build):
        at = time.time()
        self.file.write(f"{build['builderid']} {build['number']} {build['results']} {at}\n")


workers = [f"worker-{number}" for number in range(settings["workers"])]


def builder(name, commands):
    """Checks out, then runs the commands."""
    factory = util.BuildFactory([steps.Git(repourl=settings["remotes"][name], mode="incremental", branch="main")])
    for command in commands:
        factory.addStep(steps.ShellCommand(command=command, haltOnFailure=True, logEnviron=False))
    return util.BuilderConfig(name=name, workernames=workers, factory=factory, collapseRequests=False)


def scheduler(name):
    """Builds every push at once."""
    return schedulers.SingleBranchScheduler(
        name=f"push-{name}", treeStableTimer=None, builderNames=[name],
        change_filter=util.ChangeFilter(repository=settings["remotes"][name], branch="main"),
    )  # fmt: skip


c = BuildmasterConfig = {
    "buildbotNetUsageData": None,
    "title": "bench",
    "buildbotURL": f"http://127.0.0.1:{settings['port']}/",
    "workers": [worker.Worker(name, "secret", max_builds=1) for name in workers],
    "protocols": {"pb": {"port": f"tcp:{settings['worker_port']}:interface=127.0.0.1"}},
    "builders": [builder(name, commands) for name, commands in settings["builders"].items()],
    "schedulers": [scheduler(name) for name in settings["builders"]]
    + [schedulers.ForceScheduler(name=f"force-{name}", builderNames=[name]) for name in settings["builders"]],
    "www": {
        "port": f"tcp:{settings['port']}:interface=127.0.0.1", "change_hook_dialects": {"base": True},
    },  # fmt: skip
    "services": [Ends()],
    "db": {"db_url": "sqlite:///state.sqlite"},
}
