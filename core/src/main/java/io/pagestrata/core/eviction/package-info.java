// SPDX-License-Identifier: Apache-2.0
/** Which zpages of a RAM tier go first: the policies, and what they learn from the accesses. */
package io.pagestrata.core.eviction;
