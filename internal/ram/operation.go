// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

// product is one of the three services. Its version is fixed by it.
type product string

const (
	ramProduct product = "Ram"
	imsProduct product = "Ims"
	stsProduct product = "Sts"
)

// versions are the only versions that this client speaks.
var versions = map[product]string{
	ramProduct: "2015-05-01",
	imsProduct: "2019-08-15",
	stsProduct: "2015-04-01",
}

// repeat says what sending an operation twice does.
type repeat int

const (
	// once acts twice, as a create does; it is the zero value, for when in doubt.
	// After an unknown outcome only the caller knows how to go on (KEY-01).
	once repeat = iota
	// read changes nothing.
	read
	// set leaves the same account behind, however often it is sent.
	set
)

// operation is one remote action.
type operation struct {
	product  product
	action   string
	repeat   repeat
	pace     pace     // the quota the action counts against
	secrets  []string // names of the parameters that no error may show
	unsigned bool     // carries its own proof, no key and no signature
}

// pace is the class of an action's published quota.
type pace int

const (
	// byRepeat paces reads as reads and everything else as writes.
	byRepeat pace = iota
	// attachment is the slower class of attaching, grouping and tagging.
	attachment
	// session is the class of Sts, whose creates may come as fast as reads.
	session
)
