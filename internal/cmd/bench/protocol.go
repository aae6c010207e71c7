// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// plugin is a provider that is spoken to over the protocol, as a CLI does. A query
// needs that, since few CLIs know queries; and it shows what a start costs.
type plugin struct {
	cmd     *exec.Cmd
	heap    chan int64
	client  *http.Client
	started time.Time
}

// launch starts a provider and waits for its handshake.
func launch(ctx context.Context, program string, environment []string) (*plugin, error) {
	p := &plugin{cmd: exec.CommandContext(ctx, program), heap: make(chan int64, 1), started: time.Now()}
	p.cmd.Env = append([]string{
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=6", "GODEBUG=gctrace=1", "PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(program),
	}, environment...)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.heap <- watchHeap(stderr, io.Discard) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the provider does not shake hands: %w", err)
	}
	parts := strings.Split(strings.TrimSpace(line), "|") // 1|6|unix|path|grpc|
	if len(parts) < 5 || parts[4] != "grpc" {
		return nil, fmt.Errorf("the provider shakes hands with %q", line)
	}
	transport := &http.Transport{
		Protocols: new(http.Protocols),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, parts[2], parts[3])
		},
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	p.client = &http.Client{Transport: transport}
	return p, nil
}

// end stops the provider, and tells what it has cost.
func (p *plugin) end() (cost, error) {
	p.client.CloseIdleConnections()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return cost{}, err
	}
	heap := <-p.heap
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) { // of the signal
		return cost{}, err
	}
	return costOf(p.cmd.ProcessState, heap), nil
}

// resident is what the provider has in memory now.
func (p *plugin) resident() (int64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, errors.New("the kernel does not say what is resident")
}

// invoke calls a method of the provider, and returns how many messages came back
// and how large they were.
func (p *plugin) invoke(ctx context.Context, method string, message []byte) (messages int, size int64, err error) {
	err = p.exchange(ctx, method, message, func(from io.Reader, length int64) error {
		read, err := io.CopyN(io.Discard, from, length)
		messages, size = messages+1, size+read
		return err
	})
	return messages, size, err
}

// ask calls a method that has one answer.
func (p *plugin) ask(ctx context.Context, method string, message []byte) (answer []byte, err error) {
	err = p.exchange(ctx, method, message, func(from io.Reader, length int64) error {
		answer = make([]byte, length)
		_, err := io.ReadFull(from, answer)
		return err
	})
	return answer, err
}

// exchange calls a method, and hands over each message that comes back.
func (p *plugin) exchange(ctx context.Context, method string, message []byte, take func(from io.Reader, length int64) error) error {
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))) //nolint:gosec // a few bytes
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://provider/tfplugin6.Provider/"+method, bytes.NewReader(append(frame, message...)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	answer, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read to its end
	for {
		var head [5]byte
		if _, err := io.ReadFull(answer.Body, head[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if err := take(answer.Body, int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return err
		}
	}
	if status := answer.Trailer.Get("Grpc-Status") + answer.Header.Get("Grpc-Status"); status != "0" {
		return fmt.Errorf("%s ended with gRPC status %q: %s", method, status, answer.Trailer.Get("Grpc-Message"))
	}
	return nil
}

// Messages of the protocol, as far as they are needed: fields of bytes by number.
func field(number byte, value []byte) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(value))), value...)
}

// nothingConfigured is a DynamicValue in JSON: an object of nulls.
func nothingConfigured() []byte { return field(2, []byte("{}")) }

func (p *plugin) schema(ctx context.Context) (size int64, err error) {
	_, size, err = p.invoke(ctx, "GetProviderSchema", nil)
	return size, err
}

func (p *plugin) configure(ctx context.Context) error {
	_, size, err := p.invoke(ctx, "ConfigureProvider", append(field(1, []byte("1.14.0")), field(2, nothingConfigured())...))
	if err == nil && size > 0 {
		return errors.New("the provider does not like its configuration")
	}
	return err
}

// list queries all of one kind, with all that is known of each.
func (p *plugin) list(ctx context.Context, kind string) (found int, err error) {
	message := append(field(1, []byte(kind)), field(2, nothingConfigured())...)
	message = append(message, 3<<3, 1) // include_resource_object
	message = append(message, 4<<3)    // limit
	found, _, err = p.invoke(ctx, "ListResource", binary.AppendUvarint(message, 1<<20))
	return found, err
}
