import ArgumentParser

/// The command line's root: one subcommand a file.
@main
struct Slipway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "Takes a commit from merge to production, and back.",
        version: SlipwayVersion.current,
        subcommands: [
            ServeCommand.self,
            DemoCommand.self,
            DoctorCommand.self,
            CheckCommand.self,
            AppsCommand.self,
            DeployCommand.self,
            RollbackCommand.self,
            AbortCommand.self,
            FollowCommand.self,
            UpCommand.self,
            RunCommand.self,
            PsCommand.self,
            LogsCommand.self,
            ExecCommand.self,
            ScaleCommand.self,
            RestartCommand.self,
            StopCommand.self,
            StartCommand.self,
            RemoveCommand.self,
            StacksCommand.self,
            VolumesCommand.self,
            InspectCommand.self,
            ExportCommand.self,
            EventsCommand.self,
            WaitCommand.self,
            HostsCommand.self,
            EnvironmentsCommand.self,
            SecretsCommand.self,
            TokensCommand.self,
            UsersCommand.self,
            TeamsCommand.self,
            GrantsCommand.self,
            AuditCommand.self,
            BackupCommand.self,
            RestoreCommand.self,
            SuperviseCommand.self,
            KeepEdgeCommand.self,
        ])
}
