// pulumi-language-go runs Go programs for a CLI that was built from its Go modules: it compiles the
// directory and starts the result.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"pulumi-flashback-tools/internal/host"
)

type golang struct{}

func main() {
	host.Main(golang{})
}

func (golang) Install(
	ctx context.Context, request *pulumirpc.InstallDependenciesRequest, output, errors io.Writer,
) error {
	command := exec.CommandContext(ctx, "go", "mod", "tidy")
	command.Dir = request.GetInfo().GetProgramDirectory()
	command.Stdout, command.Stderr = output, errors
	return command.Run()
}

func (golang) Command(
	ctx context.Context, request *pulumirpc.RunRequest, engine string,
) (*exec.Cmd, error) {
	program, err := compiled(ctx, request.GetInfo())
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, request.GetArgs()...)
	command.Dir = request.GetPwd()
	command.Env = append(os.Environ(),
		"PULUMI_ORGANIZATION="+request.GetOrganization(),
		"PULUMI_PROJECT="+request.GetProject(),
		"PULUMI_STACK="+request.GetStack(),
		"PULUMI_ROOT_DIRECTORY="+request.GetInfo().GetRootDirectory(),
		"PULUMI_DRY_RUN="+strconv.FormatBool(request.GetDryRun()),
		"PULUMI_PARALLEL="+strconv.Itoa(int(request.GetParallel())),
		"PULUMI_MONITOR="+request.GetMonitorAddress(),
		"PULUMI_ENGINE="+engine,
	)
	return command, nil
}

// compiled builds the program into a directory that goes with this process.
func compiled(ctx context.Context, info *pulumirpc.ProgramInfo) (string, error) {
	directory, err := os.MkdirTemp("", "pulumi-go-")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { os.RemoveAll(directory) })
	program := filepath.Join(directory, "program")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Dir = filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint())
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot compile the program: %w\n%s", err, output)
	}
	return program, nil
}
