/** Ticks that are further apart were not spent at the screen: the lid was closed. */
export const GAP = 20000;

/**
 * Counts how long somebody works on one form at a time. It knows no browser: whoever
 * uses it says what happens and what time it is, in milliseconds.
 */
export class Meter {
    /**
     * @param {Object} options lengths in milliseconds
     * @param {number} options.idle after how long without activity nobody works
     * @param {number} options.beat after how much work it is told
     * @param {(form: number, seconds: number) => void} options.tell
     */
    constructor({idle, beat, tell}) {
        Object.assign(this, {idle, beat, tell});
        this.form = null;
        this.visible = true;
        this.activeAt = -Infinity;
        this.countedAt = null;
        this.worked = 0;
    }

    /** The person types, points or scrolls. */
    touch(now) {
        this.tick(now);
        this.activeAt = now;
    }

    /** Count up to now, and tell when it is enough. */
    tick(now) {
        const last = this.countedAt;
        this.countedAt = now;
        if (this.form && this.visible && last !== null && now - last <= GAP) {
            // work goes on until the idle limit has passed since the last activity
            const until = Math.min(now, this.activeAt + this.idle);
            this.worked += Math.max(0, until - last);
        }
        if (this.worked >= this.beat) {
            this.flush();
        }
    }

    /** Another form is open, or none (null). */
    open(form, now) {
        this.tick(now);
        if (form !== this.form) {
            this.flush();
            this.worked = 0;
            this.form = form;
        }
        // who opens a form works on it
        this.activeAt = now;
    }

    show(visible, now) {
        this.tick(now);
        this.visible = visible;
        this.flush();
    }

    /** Tell what was worked; what is less than a second waits. */
    flush() {
        const seconds = Math.floor(this.worked / 1000);
        if (this.form && seconds) {
            this.worked -= seconds * 1000;
            this.tell(this.form, seconds);
        }
    }
}
