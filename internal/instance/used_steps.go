// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"crypto/sha256"
	"sync"
	"time"
)

// stepLength is how long an MFA code lasts (documented).
const StepLength = 30 * time.Second

// usedSteps are the time steps whose codes were sent to the service, by the digest
// of the seed they are made from. A verifier does not take a code twice, so a step
// is not used again in this process (MFA-02).
type UsedSteps struct {
	mu   sync.Mutex
	Last map[[sha256.Size]byte]int64
}

// take uses a step and the one before, if neither is used yet. If one is, it
// returns the first step that can be taken.
func (u *UsedSteps) Take(seed string, step int64) (next int64, taken bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	digest := sha256.Sum256([]byte(seed))
	if last, used := u.Last[digest]; used && step-1 <= last {
		return last + 2, false
	}
	if u.Last == nil {
		u.Last = map[[sha256.Size]byte]int64{}
	}
	u.Last[digest] = step
	return 0, true
}
