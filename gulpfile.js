const { dest, src } = require('gulp');

// tsc emits code and codex files; icons are copied as bytes (gulp 5 would otherwise decode them as text).
function icons() {
	return src(['nodes/**/*.svg', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
		allowEmpty: true,
	}).pipe(dest('dist'));
}

exports.default = icons;
