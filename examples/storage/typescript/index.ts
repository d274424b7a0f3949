// A key, two buckets with its credentials, a repository with both, and an access key for it.
import * as pulumi from "@pulumi/pulumi";
import * as flashback from "@flashback/pulumi-flashback";

const config = new pulumi.Config();
const workspaceId = config.require("workspaceId");

const providerKey = new flashback.ApiKey("provider-key", {
    workspaceId,
    key: config.requireSecret("accessKey"),
    secret: config.requireSecret("secretKey"),
    provider: flashback.ProviderType.Aws,
    region: "us-east-1",
});

// for real data, set protect: true, so that no run deletes these
const keep = { protect: config.getBoolean("protect") };

const [backups, archive] = ["backups", "archive"].map(label => new flashback.Bucket(label, {
    workspaceId,
    name: `acme-${label}`,
    bucket: `acme-${label}`,
    storageType: flashback.StorageType.S3,
    region: "us-east-1",
    apiKeyId: providerKey.apiKeyId,
}, keep));

const site = new flashback.Repository("site", {
    workspaceId,
    name: "acme-site",
    storageType: flashback.StorageType.S3,
    mode: flashback.RepositoryMode.Normal,
    buckets: [
        { bucketId: backups.bucketId, folder: "backups" },
        { bucketId: archive.bucketId, folder: "archive" },
    ],
}, keep);

const web = new flashback.RepositoryApiKey("web", {
    repositoryId: site.repositoryId,
    name: "web",
    accessType: flashback.AccessType.Read,
});

export const repositoryId = site.repositoryId;
export const key = web.key;
export const secret = web.secret;
