// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// The service is eventually consistent: an immediate read may not see a write. (documented; the extent is assumed)

// past holds an account as it was before each of its latest writes.
type past struct {
	versions []version // oldest first
	reads    int       // number of reads that still return the state before the latest write
}

type version struct {
	account *Account // state before the write
}

const maxVersions = 32

func (s *Server) pastOf(accountID string) *past {
	if s.past[accountID] == nil {
		s.past[accountID] = &past{}
	}
	return s.past[accountID]
}

func (p *past) add(before *Account, reads int) {
	p.versions = append(p.versions, version{account: before})
	if len(p.versions) > maxVersions {
		p.versions = p.versions[1:]
	}
	p.reads = reads
}

// before returns the account before its last n writes, or the oldest known state; nil if there is none.
func (p *past) before(writes int) *Account {
	if writes <= 0 || len(p.versions) == 0 {
		return nil
	}
	return p.versions[max(len(p.versions)-writes, 0)].account
}

// visible returns the account as a read sees it.
func (s *Server) visible(account *Account, writes int) *Account {
	p := s.pastOf(account.ID)
	stale := p.before(writes)
	if stale == nil && p.reads > 0 {
		p.reads--
		stale = p.before(1)
	}
	if stale == nil {
		return account
	}
	return stale.Clone()
}
