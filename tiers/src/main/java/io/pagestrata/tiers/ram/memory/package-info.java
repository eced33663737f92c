// SPDX-License-Identifier: Apache-2.0
/** Off-heap memory that zpools share out, mapped from the operating system. */
package io.pagestrata.tiers.ram.memory;
