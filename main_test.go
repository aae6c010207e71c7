// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
)

// The test binary is the provider where a test starts it so.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_SERVES") == "" {
		os.Exit(m.Run())
	}
	main()
}

// logged is what the provider writes to its logs when its schema is requested.
func logged(t *testing.T, environment ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append([]string{
		"TEST_SERVES=1", "TMPDIR=" + t.TempDir(), "PLUGIN_PROTOCOL_VERSIONS=6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
	}, environment...)
	var logs bytes.Buffer
	cmd.Stderr = &logs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	parts := strings.Split(line, "|") // 1|6|unix|path|grpc|
	if err != nil || len(parts) < 5 {
		t.Fatalf("it shakes hands with %q, %v", line, err)
	}
	transport := &http.Transport{
		Protocols: new(http.Protocols),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, parts[2], parts[3])
		},
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	emptyMessage := strings.NewReader(strings.Repeat("\x00", 5))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://provider/tfplugin6.Provider/GetProviderSchema", emptyMessage)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := io.ReadAll(response.Body)
	if err != nil || len(schema) < 10_000 {
		t.Errorf("the schema has %d bytes, %v", len(schema), err)
	}
	_ = response.Body.Close() // it is read
	transport.CloseIdleConnections()
	cancel()
	_ = cmd.Wait() // of the signal
	return logs.String()
}

// Logs are written only if the environment enables them, in any of the ways.
func TestLogs_areWrittenOnlyIfRequested(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{"", "TF_LOG=TRACE", "TF_LOG_PROVIDER=DEBUG", "TF_ACC_LOG=INFO"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			if logs := logged(t, environment); strings.Contains(logs, "GetProviderSchema") != (environment != "") {
				t.Errorf("it writes %d bytes: %.500s", len(logs), logs)
			}
		})
	}
}

// A chosen GOGC or GOMEMLIMIT is not changed by the ballast.
func TestCollectLater_keepsConfiguredValues(t *testing.T) { //nolint:paralleltest // it changes the collector of the process
	for _, chosen := range []string{"GOGC", "GOMEMLIMIT"} {
		before := debug.SetGCPercent(50)
		ballast := collectLater(func(name string) string { return map[string]string{chosen: "50"}[name] })
		if got := debug.SetGCPercent(before); got != 50 || ballast != nil {
			t.Errorf("%s: %d percent, and %d bytes", chosen, got, len(ballast))
		}
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	if ballast := collectLater(func(string) string { return "" }); len(ballast) != 8<<20 {
		t.Errorf("%d bytes delay the collections", len(ballast))
	}
}
