// An AI model of a Flashback workspace, an access key for it, and a policy.
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
		openai, err := flashback.NewApiKey(ctx, "openai", &flashback.ApiKeyArgs{
			WorkspaceId: workspaceId,
			Key:         settings.RequireSecret("accessKey"),
			Secret:      settings.RequireSecret("secretKey"),
			Provider:    flashback.ProviderTypeOpenai,
		})
		if err != nil {
			return err
		}
		assistant, err := flashback.NewAiLlm(ctx, "assistant", &flashback.AiLlmArgs{
			WorkspaceId: workspaceId,
			Name:        pulumi.String("assistant"),
			AiType:      flashback.AiTypeOpenai,
			Endpoint:    pulumi.String("https://api.openai.com/v1"),
			ApiKeyId:    openai.ApiKeyId,
		})
		if err != nil {
			return err
		}
		support, err := flashback.NewRepository(ctx, "support", &flashback.RepositoryArgs{
			WorkspaceId: workspaceId,
			Name:        pulumi.String("support"),
			StorageType: flashback.StorageTypeS3,
			Mode:        flashback.RepositoryModeNormal,
			AiLlms:      pulumi.StringArray{assistant.AiLlmId},
		})
		if err != nil {
			return err
		}
		application, err := flashback.NewRepositoryAiKey(ctx, "application", &flashback.RepositoryAiKeyArgs{
			RepositoryId: support.RepositoryId,
			Name:         pulumi.String("application"),
			AiType:       flashback.AiTypeOpenai,
		})
		if err != nil {
			return err
		}
		_, err = flashback.NewPolicy(ctx, "contracts", &flashback.PolicyArgs{
			WorkspaceId:  workspaceId,
			RepositoryId: support.RepositoryId,
			Name:         pulumi.String("No contracts"),
			Content:      pulumi.String("Do not answer with texts of contracts."),
			RiskType:     flashback.PolicyRiskHigh,
			ActionType:   flashback.PolicyActionBlock,
		})
		if err != nil {
			return err
		}
		ctx.Export("apiKeyId", openai.ApiKeyId)
		ctx.Export("key", application.Key)
		ctx.Export("secret", application.Secret)
		return nil
	})
}
