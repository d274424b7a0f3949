// pulumi-language-python runs Python programs for a CLI that was built from its Go modules.
//
// It starts the official pulumi-language-python-exec, which lies beside it, with the interpreter that
// the official toolchain package finds.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"

	"pulumi-flashback-tools/internal/host"
)

type python struct{}

func main() {
	host.Main(python{})
}

func (python) Install(
	ctx context.Context, request *pulumirpc.InstallDependenciesRequest, output, errors io.Writer,
) error {
	chain, err := resolve(request.GetInfo())
	if err != nil {
		return err
	}
	return chain.InstallDependencies(
		ctx, request.GetInfo().GetProgramDirectory(),
		request.GetUseLanguageVersionTools(), true, output, errors)
}

func (python) Command(
	ctx context.Context, request *pulumirpc.RunRequest, engine string,
) (*exec.Cmd, error) {
	chain, err := resolve(request.GetInfo())
	if err != nil {
		return nil, err
	}
	if err := chain.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	arguments, err := arguments(request, engine)
	if err != nil {
		return nil, err
	}
	return chain.Command(ctx, arguments...)
}

func arguments(request *pulumirpc.RunRequest, engine string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	info := request.GetInfo()
	arguments := []string{
		"-u", filepath.Join(filepath.Dir(self), "pulumi-language-python-exec"),
		"--monitor", request.GetMonitorAddress(),
		"--engine", engine,
		"--project", request.GetProject(),
		"--root_directory", info.GetRootDirectory(),
		"--stack", request.GetStack(),
		"--pwd", request.GetPwd(),
		"--dry_run", strconv.FormatBool(request.GetDryRun()),
		"--parallel", strconv.Itoa(int(request.GetParallel())),
		"--organization", request.GetOrganization(),
		filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint()),
	}
	return append(arguments, request.GetArgs()...), nil
}

// resolve reads the runtime options of Pulumi.yaml.
func resolve(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options := toolchain.PythonOptions{
		Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory(),
	}
	given := info.GetOptions().AsMap()
	options.Virtualenv, _ = given["virtualenv"].(string)
	switch name, _ := given["toolchain"].(string); name {
	case "", "auto":
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	default:
		return nil, fmt.Errorf("unsupported toolchain option: %s", name)
	}
	return toolchain.ResolveToolchain(options)
}
