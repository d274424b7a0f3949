// pulumi-language-nodejs runs Node.js programs for a CLI that was built from its Go modules: it starts
// the runner that comes with the program's own @pulumi/pulumi, which also compiles TypeScript.
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

	"pulumi-flashback-tools/internal/host"
)

type nodejs struct{}

func main() {
	host.Main(nodejs{})
}

func (nodejs) Install(
	ctx context.Context, request *pulumirpc.InstallDependenciesRequest, output, errors io.Writer,
) error {
	command := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund")
	command.Dir = request.GetInfo().GetProgramDirectory()
	command.Stdout, command.Stderr = output, errors
	return command.Run()
}

func (nodejs) Command(
	ctx context.Context, request *pulumirpc.RunRequest, engine string,
) (*exec.Cmd, error) {
	info := request.GetInfo()
	runner, err := find(info.GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	arguments := []string{
		runner,
		"--monitor", request.GetMonitorAddress(),
		"--engine", engine,
		"--organization", request.GetOrganization(),
		"--project", request.GetProject(),
		"--root-directory", info.GetRootDirectory(),
		"--stack", request.GetStack(),
		"--pwd", request.GetPwd(),
		"--parallel", strconv.Itoa(int(request.GetParallel())),
	}
	if request.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	// an empty entry point is the directory: its package.json says where the program begins
	arguments = append(arguments, filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint()))
	command := exec.CommandContext(ctx, "node", append(arguments, request.GetArgs()...)...)
	command.Dir = request.GetPwd()
	command.Env = append(os.Environ(), "PULUMI_NODEJS_TYPESCRIPT=true")
	return command, nil
}

// find looks for the runner as node looks for modules: in the directory and in those above it.
func find(directory string) (string, error) {
	for {
		runner := filepath.Join(directory, "node_modules", "@pulumi", "pulumi", "cmd", "run", "index.js")
		if _, err := os.Stat(runner); err == nil {
			return runner, nil
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			return "", fmt.Errorf("@pulumi/pulumi is not installed: run `npm install` or `pulumi install`")
		}
		directory = parent
	}
}
