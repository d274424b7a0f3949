// Package host is what the language hosts of this module have in common: a server for the engine that
// runs one program at a time and ends it when it is told to.
//
// Pulumi's own hosts have no releases as Go modules, so a CLI that is built and not downloaded lacks
// them. These have what `pulumi up` on a directory needs and nothing more. The official CLI carries the
// real ones, which are always preferred.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The exit code of a program's runner after it has shown an error itself.
const shownError = 32

// How long a cancelled program may take to end before it is killed.
const grace = 5 * time.Second

// How often a host looks whether its engine still lives.
const engineCheck = 5 * time.Second

// Language is what the hosts differ in.
type Language interface {
	// Command returns the program, ready to be started.
	Command(ctx context.Context, request *pulumirpc.RunRequest, engine string) (*exec.Cmd, error)
	// Install installs what the program needs.
	Install(ctx context.Context, request *pulumirpc.InstallDependenciesRequest, output, errors io.Writer) error
}

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language Language
	engine   string
	// Ends what runs: on Cancel, on a signal, and when the engine is gone.
	running context.Context
	cancel  context.CancelFunc
}

// Main serves a language until the engine is done.
func Main(language Language) {
	if err := serve(language); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %s\n", os.Args[0], err)
		os.Exit(1)
	}
}

func serve(language Language) error {
	engine := ""
	if len(os.Args) > 1 {
		engine = os.Args[len(os.Args)-1] // logging flags may stand before it
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	running, cancelRunning := context.WithCancel(ctx)
	defer cancelRunning()
	stop := make(chan bool)
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineCheck, cancel); err != nil {
			return fmt.Errorf("cannot reach the engine: %w", err)
		}
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{
				language: language, engine: engine, running: running, cancel: cancelRunning,
			})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port) // the engine reads it
	return <-handle.Done
}

func (h *host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// Cancel ends the program at once; without it the engine waits five seconds and kills the host.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

// cancellable returns a context that also ends with what the host runs.
func (h *host) cancellable(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(h.running, cancel)
	return ctx, func() { unlink(); cancel() }
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// The programs here use dynamic providers, or plugins that lie on PATH: none must be fetched.
func (h *host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

func (h *host) GetProgramDependencies(
	context.Context, *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	return &pulumirpc.GetProgramDependenciesResponse{}, nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// About returns nothing: an update notes what runs the program, and to ask three interpreters for it
// would take a third of the time of a small update.
func (h *host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	return &pulumirpc.AboutResponse{}, nil
}

func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest,
	stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	closer, output, errors, err := rpcutil.MakeInstallDependenciesStreams(stream, request.GetIsTerminal())
	if err != nil {
		return err
	}
	defer closer.Close()
	ctx, done := h.cancellable(stream.Context())
	defer done()
	return h.language.Install(ctx, request, output, errors)
}

// Run runs a program to its end.
func (h *host) Run(
	ctx context.Context, request *pulumirpc.RunRequest,
) (*pulumirpc.RunResponse, error) {
	ctx, done := h.cancellable(ctx)
	defer done()
	command, err := h.command(ctx, request)
	if err != nil {
		return nil, err
	}
	err = command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case ctx.Err() != nil:
		return &pulumirpc.RunResponse{Error: "the program was stopped"}, nil
	case !errors.As(err, &exit):
		return nil, fmt.Errorf("cannot run the program: %w", err)
	case exit.ExitCode() == shownError:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case !exit.Exited():
		return &pulumirpc.RunResponse{Error: "Program ended by " + exit.Error()}, nil
	default:
		text := fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())
		return &pulumirpc.RunResponse{Error: text}, nil
	}
}

func (h *host) command(ctx context.Context, request *pulumirpc.RunRequest) (*exec.Cmd, error) {
	// never null, which is what Go makes of an absent map or list: the program would not start
	values := map[string]string{}
	maps.Copy(values, request.GetConfig())
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	command, err := h.language.Command(ctx, request, h.engine)
	if err != nil {
		return nil, err
	}
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = append(command.Env,
		"PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = grace
	return command, nil
}
