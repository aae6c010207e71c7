// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// module is a module that was linked into a binary.
type module struct{ Path, Version, Sum string }

// binary is the provider in an archive, as the linker described it.
type binary struct {
	name    string // in the archive
	content []byte
	info    *debug.BuildInfo
}

const (
	project      = "terraform-provider-ram"
	mostOfBinary = 1 << 28
)

// unpack reads the provider from an archive.
func unpack(archive string) (binary, error) {
	files, err := zip.OpenReader(archive)
	if err != nil {
		return binary{}, fmt.Errorf("cannot open %s: %w", archive, err)
	}
	defer files.Close() //nolint:errcheck // it was only read
	for _, file := range files.File {
		if strings.HasPrefix(file.Name, project) {
			return open(file)
		}
	}
	return binary{}, fmt.Errorf("%s holds no provider", archive)
}

func open(file *zip.File) (binary, error) {
	reader, err := file.Open()
	if err != nil {
		return binary{}, err
	}
	defer reader.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(io.LimitReader(reader, mostOfBinary))
	if err != nil {
		return binary{}, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return binary{}, fmt.Errorf("%s does not contain its build information: %w", file.Name, err)
	}
	return binary{name: file.Name, content: content, info: info}, nil
}

// modules returns the linked modules, sorted by path as the linker does.
func (b binary) modules() (list []module) {
	for _, d := range b.info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		list = append(list, module{Path: d.Path, Version: d.Version, Sum: d.Sum})
	}
	return list
}

// directory returns the directory of a module's source in the module cache. It downloads
// the module if necessary.
func (m module) directory(ctx context.Context) (string, error) {
	var complaint bytes.Buffer
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", m.Path+"@"+m.Version) //nolint:gosec // the module is one that is linked
	// The command runs outside of any module, so that it does not change go.mod and go.sum.
	command.Dir, command.Stderr = os.TempDir(), &complaint
	text, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("cannot fetch %s@%s: %w %s%s", m.Path, m.Version, err, complaint.String(), text)
	}
	var got struct{ Dir, Sum string }
	if err := json.Unmarshal(text, &got); err != nil {
		return "", err
	}
	if got.Sum != m.Sum {
		return "", fmt.Errorf("%s@%s was linked with the sum %s, and the module cache holds %s", m.Path, m.Version, m.Sum, got.Sum)
	}
	return got.Dir, nil
}

// archives returns the archives in a directory of goreleaser.
func archives(dist string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dist, project+"_*.zip"))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no archive is in %s", dist)
	}
	return found, err
}
