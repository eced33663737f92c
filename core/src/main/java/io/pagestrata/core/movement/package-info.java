// SPDX-License-Identifier: Apache-2.0
/**
 * The writeback port: what the store asks of whoever moves zpages, and what it decides for them.
 */
package io.pagestrata.core.movement;
