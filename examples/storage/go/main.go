// A key, two buckets with its credentials, a repository with both, and an access key for it.
package main

import (
	"github.com/flashback-tech/pulumi-flashback/sdk/go/flashback"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		workspaceId := pulumi.String(settings.Require("workspaceId"))
		providerKey, err := flashback.NewApiKey(ctx, "provider-key", &flashback.ApiKeyArgs{
			WorkspaceId: workspaceId,
			Key:         settings.RequireSecret("accessKey"),
			Secret:      settings.RequireSecret("secretKey"),
			Provider:    flashback.ProviderTypeAws,
			Region:      pulumi.String("us-east-1"),
		})
		if err != nil {
			return err
		}
		// a stack with real data should say pulumi.Protect(true); then no run deletes these
		keep := pulumi.Protect(settings.GetBool("protect"))
		entries := flashback.RepositoryBucketArray{}
		for _, label := range []string{"backups", "archive"} {
			bucket, err := flashback.NewBucket(ctx, label, &flashback.BucketArgs{
				WorkspaceId: workspaceId,
				Name:        pulumi.String("acme-" + label),
				Bucket:      pulumi.String("acme-" + label),
				StorageType: flashback.StorageTypeS3,
				Region:      pulumi.String("us-east-1"),
				ApiKeyId:    providerKey.ApiKeyId,
			}, keep)
			if err != nil {
				return err
			}
			entries = append(entries, &flashback.RepositoryBucketArgs{
				BucketId: bucket.BucketId,
				Folder:   pulumi.String(label),
			})
		}
		site, err := flashback.NewRepository(ctx, "site", &flashback.RepositoryArgs{
			WorkspaceId: workspaceId,
			Name:        pulumi.String("acme-site"),
			StorageType: flashback.StorageTypeS3,
			Mode:        flashback.RepositoryModeNormal,
			Buckets:     entries,
		}, keep)
		if err != nil {
			return err
		}
		web, err := flashback.NewRepositoryApiKey(ctx, "web", &flashback.RepositoryApiKeyArgs{
			RepositoryId: site.RepositoryId,
			Name:         pulumi.String("web"),
			AccessType:   flashback.AccessTypeRead,
		})
		if err != nil {
			return err
		}
		ctx.Export("repositoryId", site.RepositoryId)
		ctx.Export("key", web.Key)
		ctx.Export("secret", web.Secret)
		return nil
	})
}
