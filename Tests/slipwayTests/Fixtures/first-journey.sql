-- A database of the first release candidate, before teams, grants, the audit log, secrets and "abort and roll back":
-- the schema as its migrations made it, and a journey. One build and one deploy were under way, another deploy waited.
PRAGMA foreign_keys = OFF;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES
    ('store-1-events'), ('access-1-accounts'), ('stacks-1-tables'), ('pipeline-1-steps'), ('delivery-1-journey'),
    ('web-1-idempotency');
CREATE TABLE "event" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "at" DATETIME NOT NULL, "topic" TEXT NOT NULL, "kind" TEXT NOT NULL);
CREATE TABLE "account" ("name" TEXT PRIMARY KEY NOT NULL, "passwordHash" TEXT NOT NULL, "createdAt" DATETIME NOT NULL);
CREATE TABLE "session" ("hash" TEXT PRIMARY KEY NOT NULL, "account" TEXT NOT NULL REFERENCES "account"("name") ON DELETE CASCADE, "csrf" TEXT NOT NULL, "createdAt" DATETIME NOT NULL, "usedAt" DATETIME NOT NULL);
CREATE TABLE "token" ("hash" TEXT PRIMARY KEY NOT NULL, "name" TEXT NOT NULL, "actor" TEXT NOT NULL, "createdAt" DATETIME NOT NULL, "expiresAt" DATETIME);
CREATE TABLE "environment" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL UNIQUE, "aliases" TEXT NOT NULL, "socket" TEXT NOT NULL);
CREATE TABLE "service" ("environmentID" INTEGER NOT NULL REFERENCES "environment"("id") ON DELETE CASCADE, "stack" TEXT NOT NULL, "name" TEXT NOT NULL, "spec" TEXT NOT NULL, "generation" INTEGER NOT NULL, PRIMARY KEY ("environmentID", "stack", "name"));
CREATE TABLE "rollout" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "environmentID" INTEGER NOT NULL REFERENCES "environment"("id") ON DELETE CASCADE, "stack" TEXT NOT NULL, "service" TEXT NOT NULL, "deployID" INTEGER, "revision" TEXT, "spec" TEXT NOT NULL, "previous" TEXT, "options" TEXT NOT NULL, "state" TEXT NOT NULL, "reason" TEXT, "queuedAt" DATETIME NOT NULL, "startedAt" DATETIME, "deadline" DATETIME, "endedAt" DATETIME, "serving" INTEGER NOT NULL DEFAULT 0, "generation" INTEGER, "previousGeneration" INTEGER, "isForced" BOOLEAN NOT NULL DEFAULT 0, "isRemoval" BOOLEAN NOT NULL DEFAULT 0, "cancelRequested" BOOLEAN NOT NULL DEFAULT 0, "problem" TEXT, "pulledAt" DATETIME);
CREATE INDEX "rollout_on_deployID" ON "rollout"("deployID");
CREATE INDEX "rollout_on_state" ON "rollout"("state");
CREATE INDEX "rolloutOfService" ON "rollout"("environmentID", "stack", "service");
CREATE TABLE "rolloutEntry" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "rolloutID" INTEGER NOT NULL REFERENCES "rollout"("id") ON DELETE CASCADE, "at" DATETIME NOT NULL, "text" TEXT NOT NULL);
CREATE INDEX "rolloutEntry_on_rolloutID" ON "rolloutEntry"("rolloutID");
CREATE TABLE "container" ("id" TEXT PRIMARY KEY NOT NULL, "environmentID" INTEGER NOT NULL REFERENCES "environment"("id") ON DELETE CASCADE, "stack" TEXT NOT NULL, "service" TEXT NOT NULL, "generation" INTEGER NOT NULL, "slot" INTEGER NOT NULL, "address" TEXT, "admittedAt" DATETIME, "drainStartedAt" DATETIME, "parkedAt" DATETIME);
CREATE INDEX "containerOfService" ON "container"("environmentID", "stack", "service");
CREATE TABLE "step" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "ownerKind" TEXT NOT NULL, "ownerID" INTEGER NOT NULL, "index" INTEGER NOT NULL, "record" TEXT NOT NULL, "state" TEXT NOT NULL, "exitStatus" INTEGER, "reason" TEXT, "startedAt" DATETIME, "endedAt" DATETIME, UNIQUE ("ownerKind", "ownerID", "index"));
CREATE TABLE "app" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL UNIQUE, "url" TEXT, "branch" TEXT NOT NULL, "createdAt" DATETIME NOT NULL, "problem" TEXT);
CREATE TABLE "target" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "appID" INTEGER NOT NULL REFERENCES "app"("id") ON DELETE CASCADE, "environmentID" INTEGER NOT NULL, UNIQUE ("appID", "environmentID"));
CREATE TABLE "commit" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "appID" INTEGER NOT NULL REFERENCES "app"("id") ON DELETE CASCADE, "sha" TEXT NOT NULL, "authorName" TEXT NOT NULL, "authorEmail" TEXT NOT NULL, "committedAt" DATETIME NOT NULL, "title" TEXT NOT NULL, "body" TEXT NOT NULL, "additions" INTEGER NOT NULL, "deletions" INTEGER NOT NULL, "position" INTEGER NOT NULL, "seenAt" DATETIME NOT NULL, "detachedAt" DATETIME, UNIQUE ("appID", "sha"), UNIQUE ("appID", "position"));
CREATE TABLE "build" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "appID" INTEGER NOT NULL REFERENCES "app"("id") ON DELETE CASCADE, "sha" TEXT NOT NULL, "attempt" INTEGER NOT NULL, "state" TEXT NOT NULL, "reason" TEXT, "cancelRequested" BOOLEAN NOT NULL DEFAULT 0, "queuedAt" DATETIME NOT NULL, "startedAt" DATETIME, "endedAt" DATETIME, UNIQUE ("appID", "sha", "attempt"));
CREATE INDEX "build_on_state" ON "build"("state");
CREATE TABLE "image" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "appID" INTEGER NOT NULL REFERENCES "app"("id") ON DELETE CASCADE, "buildID" INTEGER NOT NULL UNIQUE REFERENCES "build"("id") ON DELETE CASCADE, "sha" TEXT NOT NULL, "name" TEXT NOT NULL, "location" TEXT NOT NULL, "digest" TEXT NOT NULL, "pushedAt" DATETIME NOT NULL);
CREATE INDEX "imageByNameAndSHA" ON "image"("name", "sha");
CREATE TABLE "deploy" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "targetID" INTEGER NOT NULL REFERENCES "target"("id") ON DELETE CASCADE, "kind" TEXT NOT NULL, "sha" TEXT NOT NULL, "previousSHA" TEXT, "state" TEXT NOT NULL, "reason" TEXT, "verification" TEXT, "requestedBy" TEXT NOT NULL, "idempotencyKey" TEXT, "queuedAt" DATETIME NOT NULL, "startedAt" DATETIME, "endedAt" DATETIME, UNIQUE ("targetID", "idempotencyKey"));
CREATE INDEX "deploy_on_state" ON "deploy"("state");
CREATE TABLE "idempotency" ("key" TEXT NOT NULL, "actor" TEXT NOT NULL, "request" TEXT NOT NULL, "status" INTEGER NOT NULL, "body" BLOB NOT NULL, "at" DATETIME NOT NULL, PRIMARY KEY ("key", "actor"));

INSERT INTO event VALUES (1, '2026-11-20 10:00:00.000', 'app/1', 'added');
INSERT INTO account VALUES ('admin', 'scrypt$16384$8$1$glHSgK9SmUFWpBvA469Epg==$EkCjU90YhcNI/LbUxyV6xc1Qcs2eMnkI1OKNOlppd4A=', '2026-11-20 10:00:00.000');
INSERT INTO session VALUES ('00', 'admin', 'x', '2026-11-20 10:00:00.000', '2026-11-20 10:00:00.000');
INSERT INTO token VALUES ('d3bfc9257568edef2a3b9e8e9ab59735b69d80329eb0230dd5e53ab31e892aa3', 'ci', '{"name":"ci","kind":{"token":{}}}', '2026-11-20 10:00:00.000', NULL);
INSERT INTO token VALUES ('ff', 'deploy 2', '{"name":"deploy 2","kind":{"deploy":{"id":2,"environmentID":1}}}', '2026-11-20 10:00:00.000', '2036-11-20 10:00:00.000');
INSERT INTO environment VALUES (1, 'production', '["MyEnvironment"]', '/var/run/docker.sock');
INSERT INTO app VALUES (1, 'orders', NULL, 'main', '2026-11-20 10:00:00.000', NULL);
INSERT INTO target VALUES (1, 1, 1);
INSERT INTO "commit" VALUES (1, 1, '1111111111111111111111111111111111111111', 'Ada Lovelace', 'ada@example.com', '2026-11-20 10:00:00.000', 'One', '', 3, 1, 1, '2026-11-20 10:00:00.000', NULL);
INSERT INTO "commit" VALUES (2, 1, '2222222222222222222222222222222222222222', 'Ada Lovelace', 'ada@example.com', '2026-11-20 11:00:00.000', 'Two', '', 5, 0, 2, '2026-11-20 11:00:00.000', NULL);
INSERT INTO build VALUES (1, 1, '1111111111111111111111111111111111111111', 1, 'succeeded', NULL, 0, '2026-11-20 10:00:00.000', '2026-11-20 10:00:01.000', '2026-11-20 10:01:00.000');
INSERT INTO build VALUES (2, 1, '2222222222222222222222222222222222222222', 1, 'running', NULL, 0, '2026-11-20 11:00:00.000', '2026-11-20 11:00:01.000', NULL);
INSERT INTO image VALUES (1, 1, 1, '1111111111111111111111111111111111111111', 'acme/orders', '127.0.0.1:5000/acme/orders', 'sha256:1111111111111111111111111111111111111111111111111111111111111111', '2026-11-20 10:01:00.000');
INSERT INTO deploy VALUES (1, 1, 'deploy', '1111111111111111111111111111111111111111', NULL, 'succeeded', NULL, NULL, 'admin', NULL, '2026-11-20 10:02:00.000', '2026-11-20 10:02:00.000', '2026-11-20 10:03:00.000');
INSERT INTO deploy VALUES (2, 1, 'redeploy', '1111111111111111111111111111111111111111', '1111111111111111111111111111111111111111', 'running', NULL, NULL, 'admin', 'k', '2026-11-20 11:02:00.000', '2026-11-20 11:02:00.000', NULL);
INSERT INTO deploy VALUES (3, 1, 'redeploy', '1111111111111111111111111111111111111111', NULL, 'queued', NULL, NULL, 'admin', NULL, '2026-11-20 11:03:00.000', NULL, NULL);
INSERT INTO step VALUES (1, 'build', 1, 0, '{}', 'succeeded', 0, NULL, '2026-11-20 10:00:01.000', '2026-11-20 10:01:00.000');
INSERT INTO step VALUES (2, 'build', 2, 0, '{}', 'running', NULL, NULL, '2026-11-20 11:00:01.000', NULL);
INSERT INTO step VALUES (3, 'build', 2, 1, '{}', 'waiting', NULL, NULL, NULL, NULL);
INSERT INTO step VALUES (4, 'deploy', 2, 0, '{}', 'running', NULL, NULL, '2026-11-20 11:02:01.000', NULL);
