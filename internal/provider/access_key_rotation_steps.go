// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// A rotationStep is what the dates of the keys say is to be done.
type rotationStep struct {
	kind    stepKind
	key     ram.AccessKey // that it is done to, unless one is made
	blocked string        // why it is due, and cannot be done; nothing is done then
}

type stepKind int

const (
	stepNone stepKind = iota
	stepMake
	stepDisable
	stepDelete
)

// due is the next step, at a time of the service. A key that the model knows and
// the service does not list is a doubt, in which nothing is done.
func (m *rotationModel) due(keys []ram.AccessKey, now time.Time) rotationStep {
	current, isCurrent := m.current().in(keys)
	previous, isPrevious := m.previous().in(keys)
	switch {
	case !m.listed(keys):
		return rotationStep{}
	case isPrevious && isCurrent:
		return m.retire(current, previous, now)
	case isCurrent && now.Before(current.CreateDate.Add(daysOf(m.RotateAfterDays))):
		return rotationStep{}
	case len(keys) >= keysPerUser:
		return rotationStep{kind: stepMake, blocked: "a key that this resource does not own takes the second place"}
	}
	return rotationStep{kind: stepMake}
}

// retire is the next step on the way of the previous key out. A run that comes
// late to disable it leaves it disabled for its days nevertheless.
func (m *rotationModel) retire(current, previous ram.AccessKey, now time.Time) rotationStep {
	step := rotationStep{kind: stepDisable, key: previous}
	end := current.CreateDate.Add(daysOf(m.OverlapDays))
	if previous.Status != keyActive {
		step.kind = stepDelete
		if previous.UpdateDate.After(end) {
			end = previous.UpdateDate
		}
		end = end.Add(daysOf(m.DeleteAfterDays))
	}
	if now.Before(end) {
		return rotationStep{}
	}
	if current.Status != keyActive {
		step.blocked = fmt.Sprintf("the current key %s is %s, so the user could not sign with any", current.ID, current.Status)
	}
	return step
}

func daysOf(days types.Int64) time.Duration { return time.Duration(days.ValueInt64()) * day }

// step is the next step, and asks for the last use of a key only when the key is
// to be deleted. The service describes a use some two hours late, so a day is the least.
func (r *rotationResource) step(ctx context.Context, m *rotationModel, keys []ram.AccessKey) (rotationStep, error) {
	now, err := r.Client.ServerTime(ctx)
	if err != nil {
		return rotationStep{}, err
	}
	step := m.due(keys, now)
	if step.kind != stepDelete || step.blocked != "" {
		return step, nil
	}
	use, err := r.Client.AccessKeyLastUsed(ctx, m.UserName.ValueString(), step.key.ID)
	if ram.NotFound(err, "User.AccessKey") { // deleted meanwhile
		return rotationStep{}, nil
	}
	if err == nil && now.Sub(use.Date) < max(daysOf(m.DeleteAfterDays), day) {
		step.blocked = fmt.Sprintf("the key was still used on %s, for %s", use.Date.Format(time.RFC3339), use.Service)
	}
	return step, err
}

// says names the step, as a warning of the plan.
func (s rotationStep) says(m *rotationModel) string {
	user := m.UserName.ValueString()
	switch s.kind {
	case stepNone:
	case stepMake:
		if m.CurrentID.IsNull() {
			return fmt.Sprintf("A new key of %s is due to be made, because there is no current one.", user)
		}
		return fmt.Sprintf("A new key of %s is due to be made: the current one, %s, was made %s. It becomes the previous one, and stays active for %d days.",
			user, m.CurrentID.ValueString(), m.CurrentCreateDate.ValueString(), m.OverlapDays.ValueInt64())
	case stepDisable:
		return fmt.Sprintf("The previous key %s of %s is due to be disabled: the %d days are over in which the current one, %s, was to take its place.", s.key.ID, user, m.OverlapDays.ValueInt64(), m.CurrentID.ValueString())
	case stepDelete:
		return fmt.Sprintf("The previous key %s of %s is due to be deleted. It can be restored from the recycle bin for about a month.", s.key.ID, user)
	}
	return ""
}
