// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"crypto/sha256"
	"sync"
	"time"
)

// StepLength is the validity of an MFA code (documented).
const StepLength = 30 * time.Second

// UsedSteps are the time steps whose codes were sent to the service, by the digest of the
// seed. A verifier does not accept a code twice, so this process does not use a step twice
// (MFA-02).
type UsedSteps struct {
	mu   sync.Mutex
	Last map[[sha256.Size]byte]int64
}

// Take marks a step and the previous one as used if neither was used before. Otherwise it
// returns the first free step.
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
