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

// plugin is a provider in its own process that is driven over the protocol. Queries need
// it, because few CLIs support queries, and so does the measurement of a start.
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
		return nil, fmt.Errorf("there is no handshake of the provider: %w", err)
	}
	parts := strings.Split(strings.TrimSpace(line), "|") // 1|6|unix|path|grpc|
	if len(parts) < 5 || parts[4] != "grpc" {
		return nil, fmt.Errorf("the handshake of the provider is %q", line)
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

// stop stops the provider and returns its cost.
func (p *plugin) stop() (cost, error) {
	p.client.CloseIdleConnections()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return cost{}, err
	}
	heap := <-p.heap
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) { // caused by the signal
		return cost{}, err
	}
	return costOf(p.cmd.ProcessState, heap), nil
}

// resident returns the resident memory of the provider.
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
	return 0, errors.New("the kernel does not report the resident memory")
}

// invoke calls a method of the provider. It returns the number and the size of the response
// messages.
func (p *plugin) invoke(ctx context.Context, method string, message []byte) (messages int, size int64, err error) {
	err = p.exchange(ctx, method, message, func(from io.Reader, length int64) error {
		read, err := io.CopyN(io.Discard, from, length)
		messages, size = messages+1, size+read
		return err
	})
	return messages, size, err
}

// unary calls a method with one response.
func (p *plugin) unary(ctx context.Context, method string, message []byte) (response []byte, err error) {
	err = p.exchange(ctx, method, message, func(from io.Reader, length int64) error {
		response = make([]byte, length)
		_, err := io.ReadFull(from, response)
		return err
	})
	return response, err
}

// exchange calls a method and passes each response message to take.
func (p *plugin) exchange(ctx context.Context, method string, message []byte, take func(from io.Reader, length int64) error) error {
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))) //nolint:gosec // a few bytes
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://provider/tfplugin6.Provider/"+method, bytes.NewReader(append(frame, message...)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	for {
		var head [5]byte
		if _, err := io.ReadFull(response.Body, head[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if err := take(response.Body, int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return err
		}
	}
	if status := response.Trailer.Get("Grpc-Status") + response.Header.Get("Grpc-Status"); status != "0" {
		return fmt.Errorf("%s ended with gRPC status %q: %s", method, status, response.Trailer.Get("Grpc-Message"))
	}
	return nil
}

// field encodes a bytes field of a message.
func field(number byte, value []byte) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(value))), value...)
}

// emptyConfiguration returns a DynamicValue in JSON: an object of nulls.
func emptyConfiguration() []byte { return field(2, []byte("{}")) }

func (p *plugin) schema(ctx context.Context) (size int64, err error) {
	_, size, err = p.invoke(ctx, "GetProviderSchema", nil)
	return size, err
}

func (p *plugin) configure(ctx context.Context) error {
	_, size, err := p.invoke(ctx, "ConfigureProvider", append(field(1, []byte("1.14.0")), field(2, emptyConfiguration())...))
	if err == nil && size > 0 {
		return errors.New("the provider rejects its configuration")
	}
	return err
}

// list queries all objects of one type, including their resources.
func (p *plugin) list(ctx context.Context, kind string) (found int, err error) {
	message := append(field(1, []byte(kind)), field(2, emptyConfiguration())...)
	message = append(message, 3<<3, 1) // include_resource_object
	message = append(message, 4<<3)    // limit
	found, _, err = p.invoke(ctx, "ListResource", binary.AppendUvarint(message, 1<<20))
	return found, err
}
