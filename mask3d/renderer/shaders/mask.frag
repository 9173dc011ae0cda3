#version 400 core
// Light that the mask sends to the camera: the formulas of shade.py, sampling.py, light.py and
// relief.py. Names in capitals are numbers that mask_pass.py puts in.
in vec3 vertex_place;
in vec3 vertex_normal;
in vec4 vertex_tangent;
in vec2 vertex_uv;
in float vertex_occlusion;

uniform sampler2D albedo;  // linear light, premultiplied by the opacity
uniform sampler2D slopes;
uniform vec2 last_level;  // of albedo and slopes
uniform int is_level;
uniform vec3 sh[9];
uniform vec3 gain;
uniform vec3 lamp_towards;  // the key light as a matt surface sees it
uniform vec3 lamp;
uniform vec2 gloss;  // mirrored share at right angles and at the outline
uniform vec3 key_towards;
uniform vec3 key_strength;
uniform float key_width;
uniform vec3 room[4];  // constant part, and those along x, y, z

out vec4 rgba;

const vec2 SAMPLE_PX[SAMPLES] = vec2[](PATTERN_PX);

float level_of_detail(vec2 texels) {
    vec2 right = dFdx(vertex_uv) * texels;
    vec2 down = dFdy(vertex_uv) * texels;
    return log2(max(sqrt(max(dot(right, right), dot(down, down))), 1.0));
}

vec2 repeated(vec2 uv) {
    // not fract alone: the border at 1 is not that at 0
    bvec2 inside = equal(clamp(uv, 0.0, 1.0), uv);
    return mix(fract(uv), uv, inside);
}

vec4 sampled(sampler2D picture, float last, vec2 uv) {
    // blended here: drivers take short cuts between levels, each its own
    float lod = min(level_of_detail(vec2(textureSize(picture, 0))), last);
    float level = floor(lod);
    vec4 fine = textureLod(picture, uv, level);
    vec4 coarse = textureLod(picture, uv, min(level + 1.0, last));
    return mix(fine, coarse, lod - level);
}

vec3 bent(vec3 n, vec4 t, vec2 slope) {
    vec3 u = t.xyz - dot(n, t.xyz) * n;
    float size = length(u);
    if (size < LEAST_LENGTH) return n;
    u /= size;
    vec3 v = cross(n, u) * (t.w > 0.0 ? 1.0 : -1.0);
    return normalize(n - slope.x * u - slope.y * v);
}

vec3 irradiance(vec3 n) {
    vec3 encoded = sh[0]
        + sh[1] * n.y + sh[2] * n.z + sh[3] * n.x
        + sh[4] * n.x * n.y + sh[5] * n.y * n.z + sh[6] * (3.0 * n.z * n.z - 1.0)
        + sh[7] * n.x * n.z + sh[8] * (n.x * n.x - n.y * n.y);
    vec3 around = pow(max(encoded, MIN_ENCODED), vec3(ENCODING_GAMMA));
    return gain * (around + max(dot(n, lamp_towards), 0.0) * lamp);
}

float fresnel(float cosine) {
    return gloss.x + (gloss.y - gloss.x) * pow(1.0 - cosine, 5.0);
}

vec3 toned(vec3 light) {
    float room = SHOULDER_END - SHOULDER_START;
    vec3 shoulder = SHOULDER_START + room * (1.0 - exp((SHOULDER_START - light) / room));
    return mix(shoulder, light, lessThan(light, vec3(SHOULDER_START)));
}

float highlight(vec3 n, vec3 ray, float cosine) {
    float lit = dot(n, key_towards);
    if (lit <= 0.0) return 0.0;
    float half_squared = 2.0 - 2.0 * dot(ray, key_towards);  // of the sum of both directions
    float along_squared = (lit + cosine) * (lit + cosine) / max(half_squared, LEAST_LENGTH);
    float squared = key_width * key_width;
    float profile = along_squared * (squared - 1.0) + 1.0;
    float hidden = mix(2.0 * lit * cosine, lit + cosine, key_width);
    return 0.5 * lit * squared / (profile * profile * hidden);
}

vec4 glossy(vec3 n, vec3 place, vec4 colour, vec3 diffuse, float occlusion) {
    vec3 ray = normalize(place);
    float cosine = clamp(-dot(n, ray), 0.0, 1.0);
    float mirrored = gloss.x > 0.0 ? fresnel(cosine) : 0.0;
    vec3 r = ray + 2.0 * cosine * n;
    vec3 around = max(room[0] + room[1] * r.x + room[2] * r.y + room[3] * r.z, 0.0);
    vec3 shine = mirrored * occlusion * (around + highlight(n, ray, cosine) * key_strength);
    float opacity = colour.a;
    vec3 straight = colour.rgb / max(opacity, LEAST_OPACITY);
    vec3 covered = toned((1.0 - mirrored) * straight * diffuse + shine);
    return vec4(mix(toned(shine), covered, opacity), mix(mirrored, 1.0, opacity));
}

void main() {
    // Where a triangle covers a part of the pixel, it is seen at the mean of its samples:
    // "centroid in" would let each driver choose a place, and a fine pattern shows the difference.
    vec2 place_px = vec2(0.0);
    float covered = 0.0;
    for (int i = 0; i < SAMPLES; ++i) {
        if ((gl_SampleMaskIn[0] & (1 << i)) != 0) {
            place_px += SAMPLE_PX[i];
            covered += 1.0;
        }
    }
    vec2 offset = place_px / max(covered, 1.0) - 0.5;
    vec3 normal = interpolateAtOffset(vertex_normal, offset);
    vec2 uv = repeated(interpolateAtOffset(vertex_uv, offset));
    float occlusion = interpolateAtOffset(vertex_occlusion, offset);

    vec3 n = normal / max(length(normal), LEAST_LENGTH);
    if (is_level == 0) {
        vec2 slope = sampled(slopes, last_level.y, uv).rg;
        n = bent(n, interpolateAtOffset(vertex_tangent, offset), slope);
    }
    // rows run downwards here, so that what is counter-clockwise in the photo is "back-facing"
    n = gl_FrontFacing ? -n : n;
    vec4 colour = sampled(albedo, last_level.x, uv);
    vec3 diffuse = irradiance(n) * occlusion;
    if (gloss.x > 0.0 || colour.a < 1.0) {
        rgba = glossy(n, interpolateAtOffset(vertex_place, offset), colour, diffuse, occlusion);
    } else {
        rgba = vec4(toned(colour.rgb * diffuse), 1.0);
    }
}
