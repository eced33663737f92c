// SPDX-License-Identifier: Apache-2.0
/** Keys, and the ciphers that tiers below RAM seal zpages with. */
package io.pagestrata.tiers.crypt;
