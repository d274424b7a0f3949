// pulumi-flashback-sdk validates a Pulumi package schema and writes the SDKs that follow from it.
//
// It calls the generators of Pulumi's language hosts directly: a CLI that was built from Go modules
// comes without the hosts that `pulumi package gen-sdk` needs.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// What the generated files say they were made by; the usual text, so that tools know them.
const tool = "pulumi"

const pulumiSDK = "github.com/pulumi/pulumi/sdk/v3"

// A generated tree: contents by path, always with slashes.
type files = map[string][]byte

type language struct {
	name     string
	generate func(*schema.Package) (files, error)
	// What its section of the schema may contain.
	options func() any
}

var languages = []language{
	{"go", generateGo, func() any { return &golang.GoPackageInfo{} }},
	{"nodejs", generateNodeJS, func() any { return &nodejs.NodePackageInfo{} }},
	{"python", generatePython, func() any { return &python.PackageInfo{} }},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pulumi-flashback-sdk SCHEMA DIRECTORY")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(schemaFile, directory string) error {
	spec, err := read(schemaFile)
	if err == nil {
		_, err = bind(spec)
	}
	if err != nil {
		return fmt.Errorf("%s is not valid:\n%w", filepath.Base(schemaFile), err)
	}
	for _, each := range languages {
		if err := generate(each, spec, filepath.Join(directory, each.name)); err != nil {
			return fmt.Errorf("%s: %w", each.name, err)
		}
	}
	return nil
}

func read(schemaFile string) (schema.PackageSpec, error) {
	var spec schema.PackageSpec
	content, err := os.ReadFile(schemaFile)
	if err != nil {
		return spec, err
	}
	return spec, decodeStrictly(content, &spec)
}

// Pulumi ignores what it does not know, so a misspelt name would have no effect and no message.
func decodeStrictly(content []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	return decoder.Decode(target)
}

func generate(language language, spec schema.PackageSpec, directory string) error {
	section, found := spec.Language[language.name]
	if !found {
		return errors.New("the schema has no such section in its language")
	}
	if err := decodeStrictly(section, language.options()); err != nil {
		return fmt.Errorf("its section in the schema: %w", err)
	}
	// one for each language, since a generator changes the package that it is given
	bound, err := bind(spec)
	if err != nil {
		return err
	}
	tree, err := language.generate(bound)
	if err != nil {
		return err
	}
	return write(tree, directory)
}

func bind(spec schema.PackageSpec) (*schema.Package, error) {
	// never asked: our schema refers to no other package
	loader := schema.NewPluginLoader(nil)
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	problems := []error{err}
	for _, each := range diagnostics { // warnings too
		problems = append(problems, errors.New(strings.TrimSuffix(each.Summary+": "+each.Detail, ": ")))
	}
	return bound, errors.Join(problems...)
}

func write(tree files, directory string) error {
	for name, content := range tree {
		path := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func generateNodeJS(bound *schema.Package) (files, error) {
	return nodejs.GeneratePackage(tool, bound, nil, nil, false, nil)
}

func generatePython(bound *schema.Package) (files, error) {
	return python.GeneratePackage(tool, bound, nil, nil)
}

func generateGo(bound *schema.Package) (files, error) {
	bound.SupportPack = true // with a go.mod, as `pulumi package add` has it
	tree, err := golang.GeneratePackage(tool, bound, nil)
	if err != nil {
		return nil, err
	}
	tree["go.mod"], err = withOurSDK(tree["go.mod"])
	return tree, err
}

// The generator asks for a fixed version of the Pulumi SDK; ours is the one that it was compiled with.
func withOurSDK(content []byte) ([]byte, error) {
	module, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		return nil, err
	}
	version, err := builtWith(pulumiSDK)
	if err != nil {
		return nil, err
	}
	if err := module.AddRequire(pulumiSDK, version); err != nil {
		return nil, err
	}
	return module.Format()
}

func builtWith(module string) (string, error) {
	information, _ := debug.ReadBuildInfo()
	for _, each := range information.Deps {
		if each.Path == module {
			return each.Version, nil
		}
	}
	return "", fmt.Errorf("this program was not built with %s", module)
}
