// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// stopTimeout is how long a stop waits for actions to end. An action that is stopped makes
// no further call, so it ends as soon as the request that is in progress does.
const stopTimeout = 30 * time.Second

// PlanAction implements [tfprotov6.ActionServer]. Terraform validates the configuration of an
// action only while its variables are unknown (observed), so the plan validates it again.
func (s server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	wrong, err := s.validateAction(ctx, req.ActionType, req.Config)
	if err != nil || hasError(wrong) {
		return &tfprotov6.PlanActionResponse{Diagnostics: wrong}, err
	}
	return s.Complete.PlanAction(ram.WithCallerAccount(ctx), req)
}

// InvokeAction implements [tfprotov6.ActionServer]. It validates the configuration again: values
// that were unknown in the plan are known now.
func (s server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	wrong, err := s.validateAction(ctx, req.ActionType, req.Config)
	if err != nil {
		return nil, err
	}
	if hasError(wrong) {
		completed := tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: wrong}}
		return &tfprotov6.InvokeActionServerStream{Events: slices.Values([]tfprotov6.InvokeActionEvent{completed})}, nil
	}
	stream, err := s.Complete.InvokeAction(ram.WithCallerAccount(ctx), req)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		s.actions.Add(1)
		defer s.actions.Done()
		stream.Events(push)
	}}, nil
}

func (s server) validateAction(ctx context.Context, kind string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
	valid, err := s.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: config})
	if err != nil {
		return nil, err
	}
	return valid.Diagnostics, nil
}

// StopProvider implements [tfprotov6.ProviderServer]. After it returns, the SDK sends no further
// event of an action, and the CLI takes an action without a last event for complete (observed).
// So it waits until the running actions have reported how they ended.
func (s server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.Complete.StopProvider(ctx, req)
	ended := make(chan struct{})
	go func() {
		s.actions.Wait()
		close(ended)
	}()
	timeout, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	select {
	case <-ended:
	case <-timeout.Done():
	}
	return resp, err
}

// hasError reports whether one of the diagnostics is an error.
func hasError(diags []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError })
}
