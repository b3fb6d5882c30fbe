#!/usr/bin/env node
'use strict'

/**
 * @file Work that waits for its turn.
 */

const { EventEmitter } = require('node:events')
const fs = require('fs'), path = require('path')
const debug = require('debug')('queue')
const { delay, plural: many } = require('./timing')

const LIMIT = 5

/**
 * Runs tasks, a few at a time.
 *
 * @param {number} width how many at a time
 * @param {{ strict: boolean }} options
 */
function Queue(width, options = {}) {
  EventEmitter.call(this)
  this.width = width || LIMIT
  this.options = options
  this.waiting = []
}

Object.setPrototypeOf(Queue.prototype, EventEmitter.prototype)

/** Adds a task. */
Queue.prototype.push = function push(task) {
  if (typeof task !== 'function' && this.options.strict) {
    throw new TypeError(`a task is a function, not ${typeof task}`)
  }
  debug('pushed %s', many('task', this.waiting.push(task)))
  return this
}

Queue.of = (...tasks) => tasks.reduce((queue, task) => queue.push(task), new Queue())

// Reads a task from disk.
exports.load = async function load(file, { encoding = 'utf8', retries: left = 3 } = {}) {
  for (let attempt = 0; attempt < left; attempt++) {
    try {
      return JSON.parse(await fs.promises.readFile(path.resolve(file), encoding))
    } catch (error) {
      if (error.code !== 'ENOENT' || attempt === left - 1) throw error
      await delay(attempt * 100)
    }
  }
}

const once = memoize((key) => key?.trim() ?? '')

class Ring {
  #slots = []
  static empty = new Ring()

  get size() {
    return this.#slots.length
  }

  *[Symbol.iterator]() {
    yield* this.#slots
  }
}

module.exports = Queue
