// One API key in a Flashback workspace.
package main

import (
	"github.com/flashback-tech/pulumi-flashback/sdk/go/flashback"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		workspace, err := flashback.LookupWorkspace(ctx, &flashback.LookupWorkspaceArgs{
			WorkspaceId: settings.Require("workspaceId"),
		})
		if err != nil {
			return err
		}
		backups, err := flashback.NewApiKey(ctx, "backups", &flashback.ApiKeyArgs{
			WorkspaceId: pulumi.String(workspace.Id),
			Key:         settings.RequireSecret("accessKey"),
			Secret:      settings.RequireSecret("secretKey"),
			Provider:    flashback.ProviderTypeAws,
			Region:      pulumi.String("us-east-1"),
			Description: pulumi.String("Nightly backups"),
		})
		if err != nil {
			return err
		}
		ctx.Export("apiKeyId", backups.ApiKeyId)
		ctx.Export("workspace", pulumi.StringPtrFromPtr(workspace.Name))
		return nil
	})
}
